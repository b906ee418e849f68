"""torch's format before 1.6: five pickles in a row, then the storages, each as its length and its bytes."""

from __future__ import annotations

from typing import Any, Dict, List

from .dtypes import ITEM_SIZES
from .errors import CheckpointError, Malformed, NotACheckpoint, StorageMissing, Truncated
from .reading import Job, Reading
from .records import Storage
from .source import Source
from .storages import make_storage, storage_of, text
from .tape import Tape

MAGIC = 0x1950A86A20F9469CFC6C
_VERSION = 1001


def read_legacy(source: Source, job: Job) -> Reading:
    """Raises CheckpointError, NotACheckpoint for a pickle that torch.save did not write."""
    tape = Tape(source.read_at, 0, source.size)
    _check_magic(source, tape, job)
    if job.unpickle(tape, _none) != _VERSION:
        raise Malformed("is of an unknown version of torch's legacy format")
    job.unpickle(tape, _none)
    storages = Storages()
    root = job.unpickle(tape, storages.find)
    storages.check(job.unpickle(tape, _none), source, tape.position)
    return Reading("torch legacy", root)


def _check_magic(source: Source, tape: Tape, job: Job) -> None:
    start = source.some_at(0, 16)
    try:
        magic = job.unpickle(tape, _none)
    except CheckpointError as error:
        if start[:1] != b"\x80":
            raise NotACheckpoint("is no checkpoint: it begins with %r" % start) from error
        if isinstance(error, Truncated):
            raise
        magic = None  # joblib, for one, mixes its arrays into the pickle
    if type(magic) is not int or magic != MAGIC:
        raise NotACheckpoint("is a pickle, but not one that torch.save wrote", "load it with what wrote it")


def _none(identity: Any) -> Any:
    raise Malformed("holds a persistent id where none belongs")


class Storages:
    """What the persistent ids stand for."""

    def __init__(self) -> None:
        self._known: Dict[str, Storage] = {}
        self._views: Dict[str, Storage] = {}

    def find(self, identity: Any) -> Any:
        """A storage, or the class of a pickled module that came with its source.  Raises Malformed."""
        if isinstance(identity, tuple) and len(identity) == 4 and text(identity[0]) == "module":
            return identity[1]
        storage = storage_of(identity, 6)
        storage = self._known.setdefault(storage.key, storage)
        return storage if identity[5] is None else self._view(storage, identity[5], identity[1])

    def _view(self, root: Storage, view: Any, cls: Any) -> Storage:
        if not isinstance(view, tuple) or len(view) != 3 or type(view[1]) is not int:
            raise Malformed("holds a broken view of a storage")
        key, offset, numel = view
        storage = make_storage(cls, key, root.location, numel)
        if offset < 0 or (offset + numel) * ITEM_SIZES[storage.dtype] > root.numel * ITEM_SIZES[root.dtype]:
            raise Malformed("holds a view that reaches beyond its storage")
        return self._views.setdefault(storage.key, storage)

    def check(self, keys: Any, source: Source, place: int) -> None:
        """`keys` is the order in which the storages lie in the file, from `place` on."""
        for key in _distinct(keys):
            storage = self._known.pop(key, None)
            if storage is None:
                raise Malformed("holds data for a storage that nothing uses")
            place = end_of(source, place, storage)
        if self._known:
            raise StorageMissing("holds no data for storage %s" % next(iter(self._known)))


def _distinct(keys: Any) -> "List[str]":
    if not isinstance(keys, list):
        raise Malformed("has no list of its storages")
    names = [text(key) for key in keys]
    if len(set(names)) < len(names):
        raise Malformed("holds data for one storage twice")
    return names


def end_of(source: Source, place: int, storage: Storage) -> int:
    """Where a storage ends that lies at `place`.  Raises Truncated, Malformed."""
    numel = int.from_bytes(source.read_at(place, 8), "little", signed=True)
    if numel != storage.numel:
        raise Malformed("holds %d elements of storage %s, which has %d" % (numel, storage.key, storage.numel))
    end = place + 8 + numel * ITEM_SIZES[storage.dtype]
    if end > source.size:
        raise Truncated("ends after %d bytes, inside storage %s" % (source.size, storage.key))
    return end
