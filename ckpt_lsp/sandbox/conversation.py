"""One dry run as its caller sees it: a result to wait for, then questions.  Shared by two threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ..worker.protocol import Answer, DryRunResult, Limits, ProtocolError

_POLL = 0.05
"""Seconds between two looks at whether the caller has lost interest."""
GRACE = 10.0
"""Seconds that a worker may be late with what it should have said by the run's own deadline."""
WAIT_SECONDS = 120.0
"""For a process to run in, where each has to import torch first."""


class Silent(Exception):
    """The worker did not say in time what it must."""


@dataclass
class Conversation:
    """Filled by the worker's thread, waited on by the caller's."""

    number: int
    limits: Limits
    born: float = field(default_factory=time.monotonic)
    """When it was asked for; once its process is there, since when it runs."""
    result: DryRunResult | None = None
    ended: str | None = None
    """Why the child is gone; None while it is there."""
    pid: int | None = None
    """As the worker counts."""
    outer_pid: int | None = None
    answers: list[Answer] = field(default_factory=list)
    unanswered: int = 0
    """Questions on their way."""
    changed: threading.Condition = field(default_factory=threading.Condition)

    def start(self, pid: int) -> None:
        with self.changed:
            self.pid, self.born = pid, time.monotonic()

    def put_result(self, result: DryRunResult) -> None:
        """Only the first one counts."""
        with self.changed:
            self.result = self.result or result
            self.changed.notify_all()

    def put_question(self) -> None:
        with self.changed:
            self.unanswered += 1

    def put_answer(self, answer: Answer) -> None:
        """Raises ProtocolError where nothing was asked."""
        with self.changed:
            if not self.unanswered:
                raise ProtocolError("an answer to no question")
            self.unanswered -= 1
            self.answers.append(answer)
            self.changed.notify_all()

    def end(self, reason: str | None) -> None:
        with self.changed:
            self.ended = self.ended or reason or "it was finished"
            if self.result is None:
                self.result = DryRunResult(status="unresolved", reason=self.ended)
            self.changed.notify_all()

    def await_result(self, cancelled: Callable[[], bool]) -> DryRunResult:
        """Raises Silent."""
        with self.changed:
            while self.result is None:
                if cancelled():
                    return DryRunResult(status="unresolved", reason="the dry run was cancelled")
                patience = WAIT_SECONDS if self.pid is None else self.limits.wall_seconds
                if time.monotonic() > self.born + patience + GRACE:
                    raise Silent
                self.changed.wait(_POLL)
            return self.result

    def await_answer(self) -> Answer:
        """Raises Silent."""
        deadline = time.monotonic() + self.limits.wall_seconds + GRACE
        with self.changed:
            while not self.answers:
                if self.ended is not None:
                    return Answer(raises=False, error=f"the dry run is gone: {self.ended}")
                if time.monotonic() > deadline:
                    raise Silent
                self.changed.wait(_POLL)
            return self.answers.pop(0)
