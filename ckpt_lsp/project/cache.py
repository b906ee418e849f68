"""Remembers what dry runs showed, for as long as the files they rest on stay as they are.  In memory only."""

from __future__ import annotations

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ..worker.protocol import Answer, DryRunJob, DryRunResult, Question, to_plain

MOST_RESULTS = 512
SKIPPED_STAY = 2.0
"""Seconds for which a call that was not reached is taken to be still out of reach."""

Stamp = tuple[int, int] | None


@dataclass
class Remembered:
    """A result, and the answers that its child gave."""

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
    return Remembered(result, {}, 0.0)


class Results:
    """Thread-safe; forgets the least recently used."""

    def __init__(self) -> None:
        self._entries: OrderedDict[str, Remembered] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, job: DryRunJob) -> Remembered | None:
        """What an equal job showed, if every file it rests on is unchanged."""
        key = _key(job)
        with self._lock:
            entry = self._entries.get(key)
            if entry is None or time.monotonic() > entry.until or entry.stamps != _stamps(entry.stamps):
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
        entry = Remembered(result, _stamps(f for f in files if f not in job.overlay), until)
        with self._lock:
            self._entries[_key(job)] = entry
            while len(self._entries) > MOST_RESULTS:
                self._entries.popitem(last=False)
        return entry


def _key(record: DryRunJob | Question) -> str:
    return json.dumps(to_plain(record), sort_keys=True)


def _stamps(files: Iterable[str]) -> dict[str, Stamp]:
    return {file: _stamp(Path(file)) for file in files}


def _stamp(file: Path) -> Stamp:
    try:
        state = file.stat()
    except OSError:
        return None
    return state.st_mtime_ns, state.st_size
