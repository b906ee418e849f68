"""What a dry run uses, and its number as seen from here; read from /proc, by the pool's process.

The pool watches rather than the worker: under Landlock the worker cannot read /proc, and what is inside should not
judge itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
_PROC = Path("/proc")
_BLOCK = 4096


def resident(pid: int) -> int | None:
    """Bytes; None where the process is gone or the system has no /proc."""
    try:
        return int((_PROC / str(pid) / "statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError, ValueError):
        return None


def threads(pid: int) -> int:
    """How many; 0 where the process is gone or the system has no /proc."""
    try:
        return int((_PROC / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()[17])
    except (OSError, IndexError, ValueError):
        return 0


def stored(folder: Path, most: int) -> int:
    """Bytes in the files below `folder`, a block for each entry; counting stops beyond `most`."""
    total = 0
    for path, folders, files in os.walk(folder):
        for name in (*folders, *files):
            try:
                total += max(_BLOCK, Path(path, name).lstat().st_size)
            except OSError:
                continue
            if total > most:
                return total
    return total


def below(ancestor: int) -> list[int]:
    """The processes that `ancestor` or one of its descendants started and that are still there."""
    parents = dict(_parents())
    return [pid for pid in parents if _is_below(pid, ancestor, parents)]


def outer_number(ancestor: int, inner: int) -> int | None:
    """The process below `ancestor` that is called `inner` in the innermost namespace it lives in."""
    return next((pid for pid in below(ancestor) if _innermost(pid) == inner), None)


def _parents() -> Iterator[tuple[int, int]]:
    for entry in _PROC.iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_bytes().rpartition(b")")[2].split()
                yield int(entry.name), int(fields[1])
            except (OSError, IndexError, ValueError):
                continue


def _is_below(pid: int, ancestor: int, parents: dict[int, int]) -> bool:
    seen = 0
    while pid in parents and seen < len(parents):
        pid, seen = parents[pid], seen + 1
        if pid == ancestor:
            return True
    return False


def _innermost(pid: int) -> int | None:
    try:
        for line in (_PROC / str(pid) / "status").read_text(errors="replace").splitlines():
            if line.startswith("NSpid:"):
                return int(line.split()[-1])
    except (OSError, ValueError):
        pass
    return None
