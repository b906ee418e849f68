"""What a lock holds."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath

from ckpt_lsp.worker.checkpoint.records import Record, Value

from .reduce import reduced


@dataclass(frozen=True)
class Entry:
    """One checkpoint."""

    path: str
    """From the folder of the lock, with forward slashes."""
    record: Record
    """Reduced: equal for two files exactly if every verdict is."""


@dataclass(frozen=True)
class Folder:
    """One folder that holds checkpoints and that a program lists."""

    path: str
    """As of an entry; "." for the folder of the lock."""
    names: tuple[str, ...]
    """All that lies in it, sorted."""


@dataclass(frozen=True)
class Lock:
    entries: tuple[Entry, ...] = ()
    """By path, each once."""
    folders: tuple[Folder, ...] = ()
    """By path, each once."""

    def get(self, path: str) -> Entry | None:
        return next((one for one in self.entries if one.path == path), None)

    def with_entries(self, entries: Iterable[Entry], folders: Iterable[Folder] = ()) -> Lock:
        """These in place of those of the same path."""
        merged = {one.path: one for one in (*self.entries, *entries)}
        listed = {one.path: one for one in (*self.folders, *folders)}
        return Lock(tuple(merged[path] for path in sorted(merged)), tuple(listed[path] for path in sorted(listed)))


def entry(path: str, record: Record, read: Collection[tuple[Value, ...]] = ()) -> Entry:
    """`read` are the paths, keys from the root, of plain values that slices read.  Raises ValueError for an absolute
    path, which is nobody else's."""
    if not is_portable(path):
        raise ValueError(f"{path!r} is no relative path with forward slashes")
    return Entry(path, reduced(record, read))


def folder(path: str, names: Iterable[str]) -> Folder:
    """Raises ValueError as `entry` does, and for a name that cannot be written down."""
    found = tuple(sorted(set(names)))
    if not is_portable(path) or not all(map(is_name, found)):
        raise ValueError(f"{path!r} is no folder that a lock can hold")
    return Folder(path, found)


def is_name(name: str) -> bool:
    """Of something in a folder."""
    return name.isprintable() and "/" not in name and name not in ("", ".", "..")


def is_portable(path: str) -> bool:
    windows = PureWindowsPath(path)
    absolute = PurePosixPath(path).is_absolute() or windows.is_absolute() or windows.drive
    odd = "\\" in path or path.endswith("/") or not path.isprintable()
    return bool(path) and not absolute and not odd
