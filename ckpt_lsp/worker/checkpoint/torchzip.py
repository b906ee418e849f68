"""torch's own format since 1.6: a zip file with the pickle `data.pkl` and one entry `data/KEY` for each storage."""

from __future__ import annotations

from typing import Any, Dict

from .dtypes import ITEM_SIZES
from .errors import Malformed, NotACheckpoint, StorageMissing
from .reading import Job, Reading
from .records import Storage
from .source import Source
from .storages import storage_of
from .tape import Tape, tape_of
from .zipped import Archive, Entry

MOVED = {"torch.tensor": "torch._tensor"}
"""Modules that torch looks for elsewhere when it loads a zip file."""
_VERSIONS = range(1, 11)
"""Of the archive, that torch accepts."""


def read_archive(source: Source, archive: Archive, folder: str, job: Job) -> Reading:
    """Raises CheckpointError."""
    check_marks(archive, folder)
    job.imports.moved = MOVED
    return Reading("torch zip", unpickle_entry(source, archive, folder, job))


def folder_of(archive: Archive) -> str:
    """The one folder that everything in a torch file lies in, with its slash; torch takes the first entry's.

    Raises NotACheckpoint where there is none.
    """
    first = next(iter(archive.entries.values()), None)
    folder, slash, _ = first.name.partition("/") if first is not None else ("", "", "")
    if not slash or archive.get(folder + "/data.pkl") is None:
        raise NotACheckpoint("is a zip file, but not one that torch.save wrote")
    return folder + "/"


def check_marks(archive: Archive, folder: str) -> None:
    """Raises Malformed unless the small entries beside the pickle are such as torch accepts."""
    version = archive.content(folder + ".data/version", 64) or archive.content(folder + "version", 64)
    if version is None or not version.strip().isdigit() or int(version) not in _VERSIONS:
        raise Malformed("has no version, or one that torch does not know")
    if archive.content(folder + "byteorder", 64) not in (None, b"little", b"big"):
        raise Malformed("has an unknown byte order")
    archive.content(folder + ".data/serialization_id", 1 << 16)


def unpickle_entry(source: Source, archive: Archive, folder: str, job: Job, scripted: bool = False) -> Any:
    """The object in `data.pkl`; `scripted` where it is one of TorchScript."""
    entry = archive.get(folder + "data.pkl")
    if entry is None:
        raise NotACheckpoint("has no data.pkl")
    storages = Storages(archive, folder + "data/", scripted)
    return job.unpickle(_tape(source, archive, entry, job), storages.find)


def _tape(source: Source, archive: Archive, entry: Entry, job: Job) -> Tape:
    if archive.is_stored(entry):
        return Tape(source.read_at, *archive.locate(entry))
    job.budget.charge(entry.size)
    return tape_of(archive.inflated(entry))


class Storages:
    """What the pickle's persistent ids stand for; each must have its entry in the archive."""

    def __init__(self, archive: Archive, folder: str, scripted: bool) -> None:
        self._archive = archive
        self._folder = folder
        self._scripted = scripted
        self._known: Dict[str, Storage] = {}

    def find(self, identity: Any) -> Storage:
        """Raises StorageMissing, Malformed."""
        storage = storage_of(self._plain(identity), 5)
        known = self._known.get(storage.key)
        if known is None:
            self._check(storage)
            known = self._known[storage.key] = storage
        return known

    def _plain(self, identity: Any) -> Any:
        """Without the part that PyTorch 1.2 and older put behind those of TorchScript, which says nothing."""
        old = self._scripted and isinstance(identity, tuple) and len(identity) == 6 and identity[5] is None
        return identity[:5] if old else identity

    def _check(self, storage: Storage) -> None:
        entry = self._archive.get(self._folder + storage.key)
        if entry is None:
            raise StorageMissing("holds no data for storage %s" % storage.key)
        needed = storage.numel * ITEM_SIZES[storage.dtype]
        if needed != entry.size:
            raise Malformed("holds %d bytes of storage %s, which has %d" % (entry.size, storage.key, needed))
