"""Remembers what dry runs showed, for as long as the files they rest on stay as they are.  In memory only.

A file that is open in an editor counts as its buffer has it.  So an edit anywhere puts out of date only what
was shown by programs that read that very file.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..worker.protocol import Answer, DryRunJob, DryRunResult, Question, to_plain

MOST_JOBS = 512
MOST_TAKEN = 100
MOST_STATES = 3
"""Of the files that one job rests on: as they were opened, as they are, as they were before the last edit."""
SKIPPED_STAY = 2.0
"""Seconds for which a call that was not reached is taken to be still out of reach."""

Stamp = tuple[int, int] | str | None
"""Time and size of a file on disk, or the digest of an unsaved buffer; None: no such file."""


@dataclass
class Remembered:
    """A result, and the answers that its child gave."""

    site: str
    """Path of the file that holds the load site."""
    result: DryRunResult
    stamps: dict[str, Stamp]
    until: float
    answers: dict[str, Answer] = field(default_factory=dict)


class Asked:
    """A run, present or remembered, of which questions are asked; each answer is kept."""

    def __init__(self, entry: Remembered, ask: Callable[[Question], Answer]) -> None:
        self._entry = entry
        self._ask = ask

    @property
    def result(self) -> DryRunResult:
        return self._entry.result

    def ask(self, question: Question) -> Answer:
        answer = self._entry.answers.get(_key(question))
        if answer is None:
            answer = self._ask(question)
            if answer.error is None:
                self._entry.answers[_key(question)] = answer
        return answer


def forgotten(result: DryRunResult) -> Remembered:
    """An entry that no cache holds, for the result of a run that was cancelled."""
    return Remembered("", result, {}, 0.0)


class Results:
    """Thread-safe; forgets the least recently used."""

    def __init__(self) -> None:
        self._entries: OrderedDict[str, list[Remembered]] = OrderedDict()
        self._taken: OrderedDict[str, list[Any]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, job: DryRunJob) -> Remembered | None:
        """What an equal job showed while every file it rests on was as it is now."""
        key = _job_key(job)
        with self._lock:
            entries = self._entries.get(key, [])
            entry = next((entry for entry in entries if _holds(entry, job)), None)
            if entry is not None:
                self._entries.move_to_end(key)
            return entry

    def put(self, job: DryRunJob, result: DryRunResult) -> Remembered:
        """Remembers `result` together with the present state of the files it rests on.

        One without a verdict may rest on a file that is not there yet, and is not remembered."""
        if result.status == "unresolved":
            return forgotten(result)
        until = time.monotonic() + SKIPPED_STAY if result.status == "skipped" else float("inf")
        files = [*result.modules, *result.read]
        entry = Remembered(job.site.path, result, _stamps(files, job.overlay), until)
        key = _job_key(job)
        with self._lock:
            self._taken.update((row[0], row) for row in result.taken)
            while len(self._taken) > MOST_TAKEN:
                self._taken.popitem(last=False)
            self._entries[key] = [entry, *self._entries.get(key, [])][:MOST_STATES]
            self._entries.move_to_end(key)
            while len(self._entries) > MOST_JOBS:
                self._entries.popitem(last=False)
        return entry

    def taken(self) -> list[list[Any]]:
        """States of checkpoints that torch takes with weights_only=True, and need not be asked about again."""
        with self._lock:
            return list(self._taken.values())

    def resting_on(self, file: Path) -> set[Path]:
        """The files whose load sites were reached by programs that read `file`, however they found it."""
        with self._lock:
            entries = (entry for known in self._entries.values() for entry in known)
            return {Path(entry.site) for entry in entries if str(file) in entry.stamps}

    def clear(self) -> None:
        """For when a file has come or gone: a program may import another one than before."""
        with self._lock:
            self._entries.clear()


def _holds(entry: Remembered, job: DryRunJob) -> bool:
    return time.monotonic() <= entry.until and entry.stamps == _stamps(entry.stamps, job.overlay)


def _job_key(job: DryRunJob) -> str:
    """Buffers count as far as the program reads them, which its result says; those of files that are not on
    disk count always, since their coming or going changes what is imported."""
    unsaved = {path: "" for path in job.overlay if not Path(path).exists()}
    return _key(replace(job, overlay=unsaved, taken=[]))


def _key(record: DryRunJob | Question) -> str:
    return json.dumps(to_plain(record), sort_keys=True)


def _stamps(files: Iterable[str], overlay: Mapping[str, str]) -> dict[str, Stamp]:
    return {file: _digest(overlay[file]) if file in overlay else _stamp(Path(file)) for file in files}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _stamp(file: Path) -> Stamp:
    try:
        state = file.stat()
    except OSError:
        return None
    return state.st_mtime_ns, state.st_size
