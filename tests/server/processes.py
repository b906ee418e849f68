"""What runs below a process, by /proc."""

from __future__ import annotations

import time
from pathlib import Path


def descendants(pid: int) -> set[int]:
    """All living processes below `pid`, itself not included."""
    parents = _parents()
    found: set[int] = set()
    level = {pid}
    while level:
        level = {child for child, parent in parents.items() if parent in level} - found
        found |= level
    return found


def await_gone(pids: set[int], seconds: float = 10.0) -> set[int]:
    """Waits until these processes are gone; returns those that are still there at the end."""
    deadline = time.monotonic() + seconds
    while (left := pids & _parents().keys()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def _parents() -> dict[int, int]:
    """The parent of each living process; a zombie is dead."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if state not in "ZX":
            parents[int(stat.parent.name)] = int(parent)
    return parents
