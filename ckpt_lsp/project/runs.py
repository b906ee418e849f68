"""Command lines that were really run on this machine, as experiment trackers recorded them.

The best evidence there is of how a script is started.  Reads files, executes nothing; what is damaged is passed over.
"""

from __future__ import annotations

import collections
import itertools
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .commands import Command
from .files import SKIPPED_FOLDERS
from .trackers import TRACKERS, Tracker, Workspace

MOST_FOLDERS = 5000
MOST_ENTRIES = 20_000
"""Of one folder: what lies beyond is likely a data set's."""
MOST_TRACES = 5000
MOST_RUNS = 100
"""How many are read, the newest."""
MOST_SECONDS = 2.0


@dataclass(frozen=True)
class _Trace:
    moment: float
    path: Path
    tracker: Tracker


def past_runs(root: Path) -> tuple[Command, ...]:
    """Runs of the workspace's own scripts, the newest first."""
    end = time.monotonic() + MOST_SECONDS
    found = itertools.takewhile(lambda _: time.monotonic() < end, _traces(root))
    newest = sorted(itertools.islice(found, MOST_TRACES), key=lambda t: (t.moment, _order(t.path)), reverse=True)
    here = Workspace(root)
    in_time = itertools.takewhile(lambda _: time.monotonic() < end, newest[:MOST_RUNS])
    runs = (trace.tracker.command(trace.path, here) for trace in in_time)
    return tuple(run for run in runs if run is not None)


def _traces(root: Path) -> Iterator[_Trace]:
    """From the root downwards; a folder that a tracker keeps its runs in is not searched further."""
    waiting = collections.deque([root])
    for _ in range(MOST_FOLDERS):
        if not waiting:
            return
        folder = waiting.popleft()
        try:
            traces = [_Trace(_moment(path), path, t) for t in TRACKERS for path in t.traces(folder)]
            waiting += _subfolders(folder) if not traces else ()
        except OSError:
            continue
        yield from traces


def _moment(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _subfolders(folder: Path) -> list[Path]:
    """Those that may hold runs, the last first: trackers name their folders by time.  Raises OSError."""
    with os.scandir(folder) as entries:
        names = [e.name for e in itertools.islice(entries, MOST_ENTRIES) if e.is_dir(follow_symlinks=False)]
    if (folder / "pyvenv.cfg").exists():
        return []
    wanted = (folder / n for n in names if n == ".hydra" or not (n.startswith(".") or n in SKIPPED_FOLDERS))
    return sorted(wanted, key=_order, reverse=True)


def _order(path: Path) -> list[tuple[int, str]]:
    """Numbers by their value: version_10 after version_9."""
    pieces = re.findall(r"\d+|\D+", path.as_posix())
    return [(len(piece.lstrip("0")) if piece.isdigit() else 0, piece) for piece in pieces]
