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

from ..worker.protocol import Answer, DryRunJob, DryRunResult, Question, to_plain

MOST_RESULTS = 512
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
        self._entries: OrderedDict[str, Remembered] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, job: DryRunJob) -> Remembered | None:
        """What an equal job showed, if every file it rests on is unchanged."""
        key = _job_key(job)
        with self._lock:
            entry = self._entries.get(key)
            if entry is None or time.monotonic() > entry.until or entry.stamps != _stamps(entry.stamps, job.overlay):
                self._entries.pop(key, None)
                return None
            self._entries.move_to_end(key)
            return entry

    def put(self, job: DryRunJob, result: DryRunResult) -> Remembered:
        """Remembers `result` together with the present state of the files it rests on.

        One without a verdict may rest on a file that is not there yet, and is not remembered."""
        if result.status == "unresolved":
            return forgotten(result)
        until = time.monotonic() + SKIPPED_STAY if result.status == "skipped" else float("inf")
        files = [*result.modules, *([result.checkpoint] if result.checkpoint else [])]
        entry = Remembered(job.site.path, result, _stamps(files, job.overlay), until)
        with self._lock:
            self._entries[_job_key(job)] = entry
            while len(self._entries) > MOST_RESULTS:
                self._entries.popitem(last=False)
        return entry

    def resting_on(self, file: Path) -> set[Path]:
        """The files whose load sites were reached by programs that read `file`, however they found it."""
        with self._lock:
            return {Path(entry.site) for entry in self._entries.values() if str(file) in entry.stamps}

    def clear(self) -> None:
        """For when a file has come or gone: a program may import another one than before."""
        with self._lock:
            self._entries.clear()


def _job_key(job: DryRunJob) -> str:
    """Buffers count as far as the program reads them, which its result says; those of files that are not on
    disk count always, since their coming or going changes what is imported."""
    unsaved = {path: "" for path in job.overlay if not Path(path).exists()}
    return _key(replace(job, overlay=unsaved))


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
