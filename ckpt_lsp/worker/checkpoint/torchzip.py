"""torch's own format since 1.6: a zip file with the pickle `data.pkl` and one entry `data/KEY` for each storage."""

from __future__ import annotations

from typing import Any, Dict

from .dtypes import ITEM_SIZES, dtype_of_storage
from .errors import Malformed, NotACheckpoint, StorageMissing
from .graph import freeze
from .machine import Budget, Imports, Machine
from .rebuild import rebuild
from .records import Global, Record, Storage
from .source import Source
from .tape import Tape, tape_of
from .unpickle import unpickle
from .zipped import Archive, Entry

MOVED = {"torch.tensor": "torch._tensor"}
"""Modules that torch looks for elsewhere when it loads a zip file."""


def read_archive(source: Source, archive: Archive, budget: Budget, encoding: str) -> Record:
    """Raises CheckpointError."""
    folder = folder_of(archive)
    imports = Imports(MOVED)
    root = unpickle_entry(
        source, archive, folder + "data.pkl", Storages(archive, folder + "data/"), budget, imports, encoding
    )
    top, nodes = freeze(root)
    return Record("torch zip", top, nodes, imports.names, imports.called)


def folder_of(archive: Archive) -> str:
    """The one folder that everything in a torch file lies in, with its slash; torch takes the first entry's."""
    first = next(iter(archive.entries), "")
    folder, slash, _ = first.partition("/")
    if not slash or archive.get(folder + "/data.pkl") is None:
        raise NotACheckpoint("is a zip file, but not one that torch.save wrote")
    return folder + "/"


def unpickle_entry(
    source: Source, archive: Archive, name: str, storages: "Storages", budget: Budget, imports: Imports, encoding: str
) -> Any:
    entry = archive.get(name)
    if entry is None:
        raise Malformed("has no %s" % name)
    machine = Machine(_tape(source, archive, entry, budget), budget, imports, storages.find, rebuild, encoding)
    return unpickle(machine)


def _tape(source: Source, archive: Archive, entry: Entry, budget: Budget) -> Tape:
    if archive.is_stored(entry):
        return Tape(source.read_at, *archive.locate(entry))
    budget.charge(entry.size)
    return tape_of(archive.inflated(entry))


class Storages:
    """What the pickle's persistent ids stand for; each must have its entry in the archive."""

    def __init__(self, archive: Archive, folder: str) -> None:
        self._archive = archive
        self._folder = folder
        self._known: Dict[str, Storage] = {}

    def find(self, identity: Any) -> Storage:
        """Raises StorageMissing, Malformed."""
        storage = storage_of(identity, 5)
        known = self._known.get(storage.key)
        if known is None:
            self._check(storage)
            known = self._known[storage.key] = storage
        return known

    def _check(self, storage: Storage) -> None:
        entry = self._archive.get(self._folder + storage.key)
        if entry is None:
            raise StorageMissing("holds no data for storage %s" % storage.key)
        needed = storage.numel * ITEM_SIZES[storage.dtype]
        if needed > entry.size:
            raise Malformed("holds %d of the %d bytes of storage %s" % (entry.size, needed, storage.key))


def storage_of(identity: Any, length: int) -> Storage:
    """The storage of ("storage", class, key, location, number of elements, …).  Raises Malformed."""
    if not isinstance(identity, tuple) or len(identity) != length or text(identity[0]) != "storage":
        raise Malformed("holds a pickle with an unknown kind of persistent id")
    cls, key, location, numel = identity[1:5]
    dtype = dtype_of_storage(cls.name) if isinstance(cls, Global) else None
    if dtype is None or type(numel) is not int or not 0 <= numel < 1 << 60:
        raise Malformed("holds a storage of an unknown type or an impossible size")
    return Storage(text(key), dtype, numel, text(location))


def text(value: Any) -> str:
    """A short internal string, which Python 2 may have left as bytes.  Raises Malformed."""
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    if not isinstance(value, str):
        raise Malformed("holds a storage without a name")
    return value
