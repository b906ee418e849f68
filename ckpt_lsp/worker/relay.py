"""One dry run as the zygote sees it: its pipes, its deadline, and which words of it are believed.

A child's frames count only if they carry the token of this run and come when they are due: one result, then one
answer per question.  Anything else ends the child, and its result is "unresolved" with the reason.

What remains: code of the user runs in the same process as ours, so it could dig out the token and play our part
to the end.  That is a program which lies about its own load site, and it reaches no other one.
"""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import fields
from typing import Any, Callable, Dict, List, Optional, Protocol, Tuple

from . import limits, processes
from .birth import Born, Order
from .protocol import OVERRUN, Answer, Decoder, DryRunJob, DryRunResult, ProtocolError, encode, to_plain
from .shape import checked

_GRACE = 0.5
"""Seconds between a closed channel and the end of the process before it is killed."""


class Loop(Protocol):
    """What a run needs of the zygote."""

    def send(self, message: Dict[str, Any]) -> None: ...
    def watch(self, descriptor: int, ready: Callable[[], None], write: bool = False) -> None: ...
    def forget(self, descriptor: int) -> None: ...


Bear = Callable[[Order], Tuple[Born, bool]]
"""Gives a process for an order, and whether it has still to be told of it."""


class Run:
    """A child between birth and burial."""

    def __init__(self, loop: Loop, number: int, job: DryRunJob, scratch: str) -> None:
        self.number = number
        self.pid = 0
        self.scratch = scratch
        self.deadline: Optional[float] = time.monotonic() + job.limits.wall_seconds
        self._loop = loop
        self._limits = job.limits
        self._token = os.urandom(16).hex()
        self._decoder = Decoder(limits.MAX_RESULT)
        self._outgoing = bytearray()
        self._due: Optional[str] = "result"
        self._held: Any = None
        self._resulted = False
        self._finished = self._gone = False
        self._killed_because: Optional[str] = None
        self._results = self._questions = -1
        self._outputs: List[int] = []

    @classmethod
    def start(cls, loop: Loop, number: int, job: DryRunJob, folder: str, bear: Bear) -> Run:
        """With a scratch folder of its own below `folder`.  Raises OSError where there is no process for it."""
        scratch = os.path.join(folder, "run-%d" % number)
        os.mkdir(scratch, 0o700)
        run = cls(loop, number, job, scratch)
        order = Order(job, run._token, scratch)
        born, to_be_told = bear(order)
        run._hold(born)
        if to_be_told:
            run._say({"order": to_plain(order)})
        loop.send({"event": "started", "id": number, "pid": run.pid})
        return run

    def _hold(self, born: Born) -> None:
        self.pid = born.pid
        self._results, self._questions = born.results, born.questions
        self._outputs = list(born.outputs)
        self._loop.watch(self._results, self._listen)
        for descriptor in self._outputs:
            self._loop.watch(descriptor, lambda descriptor=descriptor: self._drain(descriptor))  # type: ignore[misc]

    # -- orders --------------------------------------------------------------------------------------------

    def ask(self, question: Any) -> None:
        """A question at the wrong time is answered by an error, here."""
        if self._due is not None or self._killed_because:
            answer = Answer(raises=False, error="the dry run is not ready for a question")
            self._forward("answer", to_plain(answer))
            return
        self._due = "answer"
        self.deadline = time.monotonic() + self._limits.wall_seconds
        self._say({"question": question})

    def finish(self) -> None:
        self._finished = True
        self._end()

    def kill(self, reason: str) -> None:
        """The first reason stands."""
        self._killed_because = self._killed_because or reason
        self._end()

    def _end(self) -> None:
        self.deadline = None
        if not self._gone:  # else its number may be another's by now
            processes.kill(self.pid)

    def expire(self) -> None:
        if self._results < 0:
            self.kill("the model code closed the channel of the dry run")
        else:
            self.kill("%s %g s" % (OVERRUN, self._limits.wall_seconds))

    # -- words of the child --------------------------------------------------------------------------------

    def _listen(self) -> None:
        data = self._read(self._results)
        if data == b"":
            self._hang_up(self._results)
            self._results = -1
            self.deadline = min(self.deadline or float("inf"), time.monotonic() + _GRACE)
        elif data:
            self._hear(data)

    def _hear(self, data: bytes) -> None:
        try:
            for message in self._decoder.feed(data):
                self._believe(message)
        except ProtocolError as error:
            self.kill("the model code wrote to the channel of the dry run (%s)" % error)

    def _believe(self, message: Dict[str, Any]) -> None:
        if message.get("token") != self._token:
            raise ProtocolError("a frame without this run's token")
        if self._killed_because or self._due is None or self._due not in message:
            raise ProtocolError("a frame that is not due")
        kind, said = self._due, message[self._due]
        if kind == "result":
            # Held back until the child shows that it lives on and waits: none that was forged by code
            # which then exits, or hangs, is ever passed on.
            self._held, self._due = _sound(DryRunResult, said), "confirmed"
            self._say({"confirm": True})
            return
        if kind == "answer":
            said = _sound(Answer, said)
        else:
            kind, said = "result", self._held
        self._due = self.deadline = None
        self._forward(kind, said)

    def _forward(self, kind: str, plain: Any) -> None:
        self._resulted = self._resulted or kind == "result"
        self._loop.send({"event": kind, "id": self.number, kind: plain})

    def _say(self, message: Dict[str, Any]) -> None:
        self._outgoing += encode(message)
        self._loop.watch(self._questions, self._speak, write=True)

    def _speak(self) -> None:
        with contextlib.suppress(BlockingIOError):
            try:
                del self._outgoing[: os.write(self._questions, self._outgoing)]
            except BrokenPipeError:
                self._outgoing.clear()
        if not self._outgoing:
            self._loop.forget(self._questions)

    def _drain(self, descriptor: int) -> None:
        """What the model code prints is read, so that it does not block, and thrown away."""
        if self._read(descriptor) == b"":
            self._hang_up(descriptor)
            self._outputs.remove(descriptor)

    @staticmethod
    def _read(descriptor: int) -> Optional[bytes]:
        try:
            return os.read(descriptor, 1 << 18)
        except BlockingIOError:
            return None

    # -- the end -------------------------------------------------------------------------------------------

    def ended(self, status: int) -> None:
        """The process is gone and reaped: what it said before is heard, then the reason is given."""
        self._gone = True
        while self._results >= 0 and not self._killed_because:
            data = self._read(self._results)
            if not data:
                break
            self._hear(data)
        reason = self._killed_because or limits.describe_end(status, self._limits)
        if not self._resulted and not self._finished:
            self._forward("result", to_plain(DryRunResult(status="unresolved", reason=reason)))
        for descriptor in (self._results, self._questions, *self._outputs):
            if descriptor >= 0:
                self._hang_up(descriptor)
        told = None if self._finished else reason
        self._loop.send({"event": "ended", "id": self.number, "reason": told})

    def _hang_up(self, descriptor: int) -> None:
        self._loop.forget(descriptor)
        os.close(descriptor)


def _sound(kind: Any, said: Any) -> Dict[str, Any]:
    """The declared fields, checked, and nothing else that a child may have put in.  Raises ProtocolError."""
    checked(kind, said)
    return {field.name: said[field.name] for field in fields(kind) if field.name in said}
