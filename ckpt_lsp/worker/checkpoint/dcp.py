"""Directories of torch.distributed.checkpoint: a pickled `.metadata`, and `*.distcp` files that hold the contents."""

from __future__ import annotations

import os
from typing import Any, Callable, Dict, Tuple

from .dtypes import ITEM_SIZES
from .errors import Malformed, StorageMissing, Truncated
from .graph import DraftCall, DraftDict, DraftTensor
from .machine import Budget
from .reading import Job, Reading
from .records import Global
from .source import Source
from .tape import Tape
from .tensors import contiguous, dtype, ints, natural

METADATA = ".metadata"
_MODULE = "torch.distributed.checkpoint."
_DEEPEST = 100
_LONGEST_LIST = 1_000_000

Place = Tuple[str, int, int]
"""File, offset and length."""
Open = Callable[[str], Source]
ReadPart = Callable[[Source, int, int], Reading]


def read_directory(source: Source, folder: str, job: Job, open_file: Open, read_part: ReadPart) -> Reading:
    """`source` is the `.metadata` file; `read_part` reads what torch.save wrote into a part of a file.

    The root is what `dcp_to_torch_save` would write: nested as it was saved, tensors whole.  Raises CheckpointError.
    """
    metadata = job.unpickle(Tape(source.read_at, 0, source.size), _none)
    if not _is(metadata, "metadata.Metadata"):
        raise Malformed("has a .metadata that torch.distributed.checkpoint did not write")
    places = _places(_field(metadata, "storage_data"))
    files = _Files(folder, open_file, read_part)
    try:
        root = _Root(job.budget).build(metadata, places, files)
    finally:
        files.close()
    return Reading("distributed", root, files=tuple(files.names))


def _none(identity: Any) -> Any:
    raise Malformed("holds a persistent id where none belongs")


def _is(value: Any, name: str) -> bool:
    return isinstance(value, DraftCall) and isinstance(value.function, Global) and value.function.name == _MODULE + name


def _field(value: Any, name: str) -> Any:
    """An attribute of an object that was pickled by its `__dict__`."""
    state = value.states[0] if isinstance(value, DraftCall) and value.states else None
    if isinstance(state, tuple) and state:
        state = state[0]
    return state.get(name) if isinstance(state, DraftDict) else None


def _places(storage_data: Any) -> "Dict[str, list[Place]]":
    found: Dict[str, list[Place]] = {}
    for index, info in storage_data.pairs() if isinstance(storage_data, DraftDict) else ():
        key, file = _field(index, "fqn"), _field(info, "relative_path")
        if not isinstance(key, str) or not isinstance(file, str) or os.path.basename(file) != file or not file:
            raise Malformed("has a .metadata that names no file beside it")
        place = (file, natural(_field(info, "offset")), natural(_field(info, "length")))
        found.setdefault(key, []).append(place)
    return found


class _Files:
    """The data files, opened once each."""

    def __init__(self, folder: str, open_file: Open, read_part: ReadPart) -> None:
        self._folder = folder
        self._open = open_file
        self._read_part = read_part
        self.names: Dict[str, Source] = {}

    def check(self, place: Place) -> Source:
        """Raises StorageMissing, Truncated where the file does not reach that far."""
        name, offset, length = place
        if name not in self.names:
            try:
                self.names[name] = self._open(os.path.join(self._folder, name))
            except FileNotFoundError:
                raise StorageMissing("lacks its file %s" % name) from None
        source = self.names[name]
        if offset + length > source.size:
            raise Truncated("has a file %s that ends after %d bytes" % (name, source.size))
        return source

    def object_at(self, place: Place) -> Any:
        return self._read_part(self.check(place), place[1], place[2]).root

    def close(self) -> None:
        for source in self.names.values():
            source.__exit__()


def _value(key: Any, entry: Any, places: "list[Place]", files: _Files) -> Any:
    if not places and not (_is(entry, "metadata.TensorStorageMetadata") and 0 in ints(_field(entry, "size"))):
        raise StorageMissing("holds no data for %s" % (key,))
    for place in places:
        files.check(place)
    if _is(entry, "metadata.TensorStorageMetadata"):
        return _tensor(key, entry, places)
    if _is(entry, "metadata.BytesStorageMetadata"):
        return files.object_at(places[0])
    raise Malformed("describes %s in an unknown way" % (key,))


def _tensor(key: Any, entry: DraftCall, places: "list[Place]") -> DraftTensor:
    properties = _field(entry, "properties")
    state = properties.states[0] if isinstance(properties, DraftCall) and properties.states else None
    if not isinstance(state, tuple) or len(state) != 5:
        raise Malformed("describes %s in an unknown way" % (key,))
    shape, kind = ints(_field(entry, "size")), dtype(state[0])
    needed = ITEM_SIZES[kind]
    for size in shape:
        needed *= size
    if needed > sum(length for _, _, length in places):
        raise Malformed("holds less of %s than its shape needs" % (key,))
    facts = {"dtype": kind, "shape": shape, "stride": contiguous(shape), "requires_grad": state[2] is True}
    return DraftTensor(None, facts)


class _Root:
    """The state dict as it was nested when it was saved: the planner's data say on which path each value lay."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._root = DraftDict()

    def build(self, metadata: DraftCall, places: "Dict[str, list[Place]]", files: _Files) -> DraftDict:
        described, paths = _field(metadata, "state_dict_metadata"), _field(metadata, "planner_data")
        if not isinstance(described, DraftDict):
            raise Malformed("has a .metadata without a state dict")
        for key, entry in described.pairs():
            value = _value(key, entry, places.get(key, []) if isinstance(key, str) else [], files)
            path = paths.get(key) if isinstance(paths, DraftDict) else None
            self._put(path if isinstance(path, tuple) and path else (key,), value)
        return self._root

    def _put(self, path: "Tuple[Any, ...]", value: Any) -> None:
        """Sets root[path[0]][path[1]]… = value, making dicts for names and lists for numbers on the way."""
        if len(path) > _DEEPEST:
            raise Malformed("nests its state dict too deeply")
        place: Any = self._root
        for depth, step in enumerate(path[:-1]):
            below = _get(place, step)
            if below is None:
                below = [] if type(path[depth + 1]) is int else DraftDict()
                self._set(place, step, below)
            place = below
        self._set(place, path[-1], value)

    def _set(self, place: Any, step: Any, value: Any) -> None:
        if isinstance(place, DraftDict):
            place.set(step, value)
        elif isinstance(place, list) and type(step) is int and 0 <= step < _LONGEST_LIST:
            self._budget.charge(8 * max(0, step + 1 - len(place)))
            place.extend([None] * (step + 1 - len(place)))
            place[step] = value
        else:
            raise Malformed("contradicts itself about the nesting of its state dict")


def _get(place: Any, step: Any) -> Any:
    if isinstance(place, DraftDict) and type(step) is str:
        return place.get(step)
    if isinstance(place, list) and type(step) is int:
        return place[step] if 0 <= step < len(place) else None
    raise Malformed("contradicts itself about the nesting of its state dict")
