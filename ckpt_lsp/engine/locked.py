"""What the lock says of checkpoints that are not here, handed to dry runs as they ask for it; and where the lock no
longer says what the file does."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..diagnosis.outdated import outdated
from ..project.lock import Entry, Lock, LockError, LockFile, difference, recorded, reduced
from ..sandbox.reading import read_confined
from ..types import Finding, SiteReport
from ..worker.checkpoint.errors import CheckpointError
from ..worker.protocol import DryRunJob, DryRunResult

MOST_NODES = 250_000
"""Of one record: a larger one does not fit into a message to the worker."""

Stamp = tuple[int, int]


class Locked:
    """The lock of one workspace, as dry runs need it.  Thread-safe: at worst two threads do the same work."""

    def __init__(self, root: Path) -> None:
        self.file = LockFile(root)
        self._root = root
        self._mutex = threading.Lock()
        self._assumed: Lock | None = None
        self._asked: dict[str, set[str]] = {}
        self._plain: tuple[Lock, dict[str, Any]] = Lock(), {}
        self._compared: dict[Path, tuple[Entry, Stamp, str | None]] = {}

    def assume(self, lock: Lock) -> None:
        """Takes this for the lock, whatever is on disk."""
        self._assumed = lock

    def lock(self) -> Lock:
        """What can be used of it; nothing of one that cannot be read."""
        if self._assumed is not None:
            return self._assumed
        try:
            return self.file.read()
        except LockError:
            return Lock()

    def holds(self, path: Path) -> bool:
        """Whether a file that is not here may be taken to be there."""
        return str(path) in self._absent()

    def told(self, job: DryRunJob) -> DryRunJob:
        """The job with the files that are only in the lock, and with the records that its script asked for before."""
        absent = self._absent()
        if not absent:
            return job
        asked = self._asked.get(job.path, set())
        records = {path: self._record(path, entry) if path in asked else None for path, entry in absent.items()}
        return replace(job, locked=records, folders=self._folders())

    def gives(self, job: DryRunJob, result: DryRunResult) -> bool:
        """Where a run ended for want of a record that there is: it is given from now on."""
        if result.lacking[:1] != ["record"]:
            return False
        path = result.lacking[1]
        if job.locked.get(path, ...) is not None or path not in self._absent():
            return False
        with self._mutex:
            self._asked.setdefault(job.path, set()).add(path)
        return True

    def findings(self, report: SiteReport) -> Iterable[Finding]:
        """One where the checkpoint is here and not what the lock says of it."""
        if report.checkpoint is not None and report.checkpoint_source == "file":
            entry = self.lock().get(relative(self._root, report.checkpoint) or "")
            told = self._difference(report.checkpoint, entry) if entry is not None else None
            if told is not None:
                yield outdated(report, told)

    # -- what is not here --------------------------------------------------------------------------------------

    def _absent(self) -> Mapping[str, Entry]:
        entries = self.lock().entries
        found = {absolute(self._root, one.path): one for one in entries if len(one.record.nodes) <= MOST_NODES}
        return {path: one for path, one in found.items() if not Path(path).exists()}

    def _folders(self) -> dict[str, list[str]]:
        return {absolute(self._root, one.path): list(one.names) for one in self.lock().folders}

    def _record(self, path: str, entry: Entry) -> Any:
        lock = self.lock()
        with self._mutex:
            if self._plain[0] is not lock:
                self._plain = lock, {}
            records = self._plain[1]
            if path not in records:
                records[path] = entry.record.to_plain()
            return records[path]

    # -- what is -----------------------------------------------------------------------------------------------

    def _difference(self, checkpoint: Path, entry: Entry) -> str | None:
        """Read anew where file or entry have changed.  What cannot be read is told by other findings."""
        try:
            state = checkpoint.stat()
            stamp = state.st_mtime_ns, state.st_size
            known = self._compared.get(checkpoint)
            if known is None or known[:2] != (entry, stamp):
                self._compared[checkpoint] = known = entry, stamp, _compared(entry, checkpoint)
            return known[2]
        except (OSError, CheckpointError):
            return None


def _compared(entry: Entry, checkpoint: Path) -> str | None:
    """Raises OSError and CheckpointError."""
    now = reduced(read_confined(checkpoint), recorded(entry.record))
    return None if now == entry.record else difference(entry.record, now)


def absolute(root: Path, path: str) -> str:
    return os.path.normpath(root / path)


def relative(root: Path, path: Path) -> str | None:
    """As the lock names it; None for what lies outside the workspace.  A program sees its folder without links."""
    for base in (root, root.resolve()):
        if path.is_relative_to(base):
            return path.relative_to(base).as_posix()
    return None
