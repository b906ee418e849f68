"""What is in the other checkpoints of the workspace, read by a confined reader and kept as long as they stay the same.

Nothing in them is executed.  Looking into many takes time, so each diagnosis has only so much of it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from ..sandbox.reading import read_confined
from ..worker.checkpoint.errors import CheckpointError
from ..worker.checkpoint.records import DictOf, Record, Tensor

SECONDS = 2.0
"""For all files of one diagnosis; what is not read by then is looked into next time."""

SECONDS_OF_ONE = 5.0
MOST_KEPT = 200

StateDict = dict[str, tuple[int, ...] | None]
"""Key -> shape."""

Inside = Callable[[Path], tuple[StateDict, ...]]


class Contents:
    """Of one workspace.  Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[tuple[Path, int, int], tuple[StateDict, ...]] = {}

    def inside(self) -> Inside:
        """For one diagnosis: the state dicts of a file; none of one that is no checkpoint, or comes too late."""
        left = SECONDS

        def inside(path: Path) -> tuple[StateDict, ...]:
            nonlocal left
            known = self._remembered(path)
            if known is not None or left <= 0:
                return known or ()
            start = time.monotonic()
            found = self._read(path)
            left -= time.monotonic() - start
            return found

        return inside

    def _remembered(self, path: Path) -> tuple[StateDict, ...] | None:
        key = _key(path)
        with self._lock:
            return () if key is None else self._known.get(key)

    def _read(self, path: Path) -> tuple[StateDict, ...]:
        key = _key(path)
        try:
            found = tuple(_state_dicts(read_confined(path, SECONDS_OF_ONE)))
        except (CheckpointError, OSError):
            found = ()
        with self._lock:
            if key is not None:
                self._known[key] = found
            for old in list(self._known)[:-MOST_KEPT]:
                del self._known[old]
        return found


def _key(path: Path) -> tuple[Path, int, int] | None:
    """Tells one state of the file from another; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return path, found.st_mtime_ns, found.st_size


def _state_dicts(record: Record) -> list[StateDict]:
    found = []
    for node in record.nodes:
        if isinstance(node, DictOf):
            pairs = zip(node.keys, map(record.node, node.values), strict=True)
            tensors: StateDict = {k: v.shape for k, v in pairs if isinstance(k, str) and isinstance(v, Tensor)}
            found += [tensors] if tensors else []
    return found
