"""torch's format before 0.4: a tar file with the members `storages`, `tensors` and `pickle`."""

from __future__ import annotations

import struct
from typing import Any, Dict, Tuple

from .dtypes import ITEM_SIZES
from .errors import Malformed, NotACheckpoint, Truncated
from .reading import Job, Reading
from .records import Storage
from .source import Source
from .storages import make_storage
from .tape import Tape
from .tensors import dense

_BLOCK = 512
_MOST_MEMBERS = 10_000
_NEEDED = frozenset(["storages", "tensors", "pickle"])


def read_tar(source: Source, job: Job) -> Reading:
    """Raises CheckpointError."""
    members = _members(source)
    if not set(members) >= _NEEDED:
        raise NotACheckpoint("is a tar file, but not one that torch.save wrote", "unpack it")
    objects = _Objects(job)
    objects.read_storages(Tape(source.read_at, *members["storages"]))
    objects.read_tensors(Tape(source.read_at, *members["tensors"]))
    return Reading("torch tar", job.unpickle(Tape(source.read_at, *members["pickle"]), objects.find))


def _members(source: Source) -> Dict[str, Tuple[int, int]]:
    """Name → offset and length."""
    found: Dict[str, Tuple[int, int]] = {}
    place = 0
    for _ in range(_MOST_MEMBERS):
        block = source.some_at(place, _BLOCK)
        if not block.strip(b"\0") and (block or set(found) >= _NEEDED):
            break
        if len(block) < _BLOCK:
            raise Truncated("is a tar file that breaks off after %d bytes" % source.size)
        name = block[:100].rstrip(b"\0").decode("utf-8", "replace")
        size = _size(block[124:136])
        if place + _BLOCK + size > source.size:
            raise Truncated("is a tar file that breaks off after %d bytes" % source.size)
        found.setdefault(name[2:] if name.startswith("./") else name, (place + _BLOCK, size))
        place += _BLOCK + (size + _BLOCK - 1) // _BLOCK * _BLOCK
    return found


def _size(field: bytes) -> int:
    """Octal digits, or a big-endian number after a byte 0x80."""
    if field[:1] == b"\x80":
        return int.from_bytes(field[1:], "big")
    digits = field.strip(b"\0 ")
    if not digits.isdigit() or set(digits) & set(b"89"):
        raise Malformed("is a tar file with a broken header")
    return int(digits, 8)


class _Objects:
    """Storages and tensors by the number that the pickle knows them by."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._known: Dict[int, Any] = {}

    def find(self, identity: Any) -> Any:
        if isinstance(identity, tuple) and identity:
            return identity[0]
        try:
            return self._known[int(identity)]
        except (TypeError, KeyError):
            raise Malformed("refers to a tensor that it does not hold") from None

    def read_storages(self, tape: Tape) -> None:
        for _ in range(self._count(tape)):
            key, location, cls = self._fields(tape, 3)
            (numel,) = struct.unpack("<q", tape.take(8))
            storage = make_storage(cls, str(key), location, numel)
            tape.skim(numel * ITEM_SIZES[storage.dtype], 0)
            self._known[_number(key)] = storage
        for view in self._views(tape):
            self._add_view(*view)

    def _views(self, tape: Tape) -> Any:
        views = self._job.unpickle(tape, self.find)
        if not isinstance(views, list) or not all(isinstance(view, tuple) and len(view) == 4 for view in views):
            raise Malformed("has a broken list of views")
        return views

    def _add_view(self, key: Any, root: Any, offset: Any, numel: Any) -> None:
        storage = self._storage(root)
        if _number(offset) + _number(numel) > storage.numel:
            raise Malformed("holds a view that reaches beyond its storage")
        self._known[_number(key)] = Storage(str(key), storage.dtype, numel, storage.location)

    def read_tensors(self, tape: Tape) -> None:
        for _ in range(self._count(tape)):
            key, storage, _ = self._fields(tape, 3)
            (dimensions,) = struct.unpack("<i4x", tape.take(8))
            if not 0 <= dimensions <= 64:
                raise Malformed("holds a tensor of %d dimensions" % dimensions)
            size = struct.unpack("<%dq" % dimensions, tape.take(8 * dimensions))
            stride = struct.unpack("<%dq" % dimensions, tape.take(8 * dimensions))
            (offset,) = struct.unpack("<q", tape.take(8))
            self._known[_number(key)] = dense(self._storage(storage), offset, size, stride)

    def _count(self, tape: Tape) -> int:
        return _number(self._job.unpickle(tape, self.find))

    def _fields(self, tape: Tape, count: int) -> Tuple[Any, ...]:
        fields = self._job.unpickle(tape, self.find)
        if not isinstance(fields, tuple) or len(fields) != count:
            raise Malformed("has a broken list of tensors")
        return fields

    def _storage(self, key: Any) -> Storage:
        storage = self._known.get(_number(key))
        if not isinstance(storage, Storage):
            raise Malformed("refers to a storage that it does not hold")
        return storage


def _number(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise Malformed("has a number missing")
    return value
