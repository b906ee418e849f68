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
class Lock:
    entries: tuple[Entry, ...] = ()
    """By path, each once."""

    def get(self, path: str) -> Entry | None:
        return next((one for one in self.entries if one.path == path), None)

    def with_entries(self, entries: Iterable[Entry]) -> Lock:
        """These in place of those of the same path."""
        merged = {one.path: one for one in (*self.entries, *entries)}
        return Lock(tuple(merged[path] for path in sorted(merged)))


def entry(path: str, record: Record, read: Collection[tuple[Value, ...]] = ()) -> Entry:
    """`read` are the paths, keys from the root, of plain values that slices read.  Raises ValueError for an absolute
    path, which is nobody else's."""
    if not is_portable(path):
        raise ValueError(f"{path!r} is no relative path with forward slashes")
    return Entry(path, reduced(record, read))


def is_portable(path: str) -> bool:
    windows = PureWindowsPath(path)
    absolute = PurePosixPath(path).is_absolute() or windows.is_absolute() or windows.drive
    return bool(path) and not absolute and "\\" not in path and path.isprintable()
