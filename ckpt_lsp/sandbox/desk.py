"""What the callers' threads and a worker's thread share: orders going out, conversations going on."""

from __future__ import annotations

import contextlib
import os
import threading
from typing import Any

from ..worker.protocol import DryRunJob, Question, encode, to_plain
from .conversation import Conversation


class Desk:
    """Thread-safe.  The worker's thread listens on `bell`; all others only lay down orders."""

    def __init__(self) -> None:
        self.closing = False
        self.bell, self._rope = os.pipe()
        os.set_blocking(self.bell, False)
        os.set_blocking(self._rope, False)
        self._lock = threading.Lock()
        self._outgoing = bytearray()
        self._conversations: dict[int, Conversation] = {}
        self._next = 1
        self._closed_because: str | None = None

    # -- for callers ---------------------------------------------------------------------------------------

    def submit(self, job: DryRunJob) -> Conversation:
        """Once the desk is closed the conversation has ended before it began."""
        with self._lock:
            talk = Conversation(self._next, job.limits)
            self._next += 1
            closed = self._closed_because
            if closed is None:
                self._conversations[talk.number] = talk
        if closed is not None:
            talk.end(closed)
        self._order({"op": "dryrun", "id": talk.number, "job": to_plain(job)})
        return talk

    def ask(self, talk: Conversation, question: Question) -> None:
        talk.put_question()
        self._order({"op": "ask", "id": talk.number, "question": to_plain(question)})

    def finish(self, talk: Conversation) -> None:
        self._order({"op": "finish", "id": talk.number})

    def ask_to_close(self) -> None:
        self.closing = True
        with self._lock:
            self._ring()

    # -- for the worker's thread ---------------------------------------------------------------------------

    def kill(self, talk: Conversation, reason: str) -> None:
        self._order({"op": "kill", "id": talk.number, "reason": reason})

    def heard(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self.bell, 4096)

    def send(self, descriptor: int) -> bool:
        """Writes what the descriptor takes; True while something is left."""
        with self._lock:
            if self._outgoing:
                with contextlib.suppress(BlockingIOError):
                    del self._outgoing[: os.write(descriptor, self._outgoing[: 1 << 16])]
            return bool(self._outgoing)

    def find(self, number: Any) -> Conversation | None:
        return self._conversations.get(number)

    def going_on(self) -> list[Conversation]:
        with self._lock:
            return list(self._conversations.values())

    def end(self, talk: Conversation, reason: str | None) -> None:
        with self._lock:
            self._conversations.pop(talk.number, None)
        talk.end(reason)

    def close(self, reason: str) -> None:
        """Everybody is told; nothing is taken any more."""
        with self._lock:
            self._closed_because = reason
            os.close(self.bell)
            os.close(self._rope)
        for talk in self.going_on():
            self.end(talk, reason)

    def _order(self, message: dict[str, Any]) -> None:
        frame = encode(message)
        with self._lock:
            if self._closed_because is None:
                self._outgoing += frame
                self._ring()

    def _ring(self) -> None:
        if self._closed_because is None:
            with contextlib.suppress(BlockingIOError):
                os.write(self._rope, b"!")
