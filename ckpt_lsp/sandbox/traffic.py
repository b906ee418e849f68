"""Frames between the pool and one worker, and the watch over its dry runs, until either side ends.

What the worker sends is checked here once more: a hostile interpreter may have taken the worker's place.
"""

from __future__ import annotations

import contextlib
import logging
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..worker.protocol import Answer, Decoder, DryRunResult, ProtocolError
from ..worker.shape import checked
from . import usage
from .conversation import Conversation
from .desk import Desk

log = logging.getLogger(__name__)

START_SECONDS = 120.0
TICK = 0.05
WEIGH_SECONDS = 0.25
"""Between two looks at the scratch folder."""
MOST_THREADS = 256
MOST_STORED = 256 * 1024 * 1024
_LAST_WORDS = 4000


@dataclass(frozen=True)
class Ready:
    """What the worker says of itself."""

    python: str
    torch: str
    executable: str


class Ended(Exception):
    """The worker is of no use any more; the text says why."""


class Traffic:
    """The loop of one worker's thread."""

    def __init__(
        self,
        desk: Desk,
        process: subprocess.Popen[bytes],
        ends: tuple[int, int],
        same_process_ids: bool,
        scratch: Path,
        ready: Callable[[Ready], None],
    ) -> None:
        self._desk = desk
        self._process = process
        self._incoming, self._outgoing = ends
        self._same_process_ids = same_process_ids
        self._scratch = scratch
        self._weighed = 0.0
        self._tell_ready = ready
        self._decoder = Decoder()
        self._is_ready = False
        self._baseline = 0
        self._born = time.monotonic()
        self._errors = process.stderr
        self._last_words = b""

    def serve(self) -> str:
        """Runs to the end of the worker and returns why it ended."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._incoming, selectors.EVENT_READ, self._receive)
            selector.register(self._desk.bell, selectors.EVENT_READ, self._desk.heard)
            if self._errors is not None:
                os.set_blocking(self._errors.fileno(), False)
                selector.register(self._errors, selectors.EVENT_READ, self._listen_to_errors)
            try:
                while not self._desk.closing:
                    self._round(selector)
            except Ended as end:
                return str(end)
            except ProtocolError as error:
                return f"the worker sent what is no frame: {error}"
        return "the worker was closed"

    def _round(self, selector: selectors.BaseSelector) -> None:
        self._flush(selector)
        for key, _ in selector.select(self._pause()):
            key.data()
            if key.fileobj is self._errors and self._errors.closed:
                selector.unregister(key.fileobj)
        if self._is_ready:
            self._watch()
        elif time.monotonic() - self._born > START_SECONDS:
            raise Ended(f"the worker was not ready within {START_SECONDS:g} s")

    def _flush(self, selector: selectors.BaseSelector) -> None:
        """The pipe is watched for room only while something waits."""
        try:
            waiting = self._desk.send(self._outgoing)
        except BrokenPipeError:
            waiting = False  # its end is noticed at the other pipe
        watched = self._outgoing in selector.get_map()
        if waiting and not watched:
            selector.register(self._outgoing, selectors.EVENT_WRITE, lambda: None)
        elif watched and not waiting:
            selector.unregister(self._outgoing)

    def _pause(self) -> float | None:
        if not self._is_ready:
            return 1.0
        return TICK if self._desk.going_on() else None

    # -- what comes in -------------------------------------------------------------------------------------

    def _receive(self) -> None:
        data = os.read(self._incoming, 1 << 18)
        if not data:
            raise Ended(self._obituary())
        for message in self._decoder.feed(data):
            try:
                self._take(message)
            except (KeyError, TypeError, ValueError) as error:
                raise ProtocolError(f"{type(error).__name__} in {message.get('event')}") from None

    def _take(self, message: dict[str, Any]) -> None:
        event, talk = message.get("event"), self._desk.find(message.get("id"))
        if event in ("ready", "failed"):
            self._start(message)
        elif talk is None:
            return  # its caller has gone
        elif event == "started":
            talk.start(int(message["pid"]))
        elif event == "result":
            talk.put_result(checked(DryRunResult, message.get("result")))
        elif event == "answer":
            talk.put_answer(checked(Answer, message.get("answer")))
        elif event == "ended":
            reason = message.get("reason")
            self._desk.end(talk, None if reason is None else str(reason))

    def _start(self, message: dict[str, Any]) -> None:
        if message["event"] == "failed":
            raise Ended(str(message.get("reason")))
        self._is_ready = True
        number = self._outer(int(message["pid"]))
        self._baseline = (usage.resident(number) if number else None) or 0
        names = ("python", "torch", "executable")
        self._tell_ready(Ready(*(str(message.get(name)) for name in names)))

    def _listen_to_errors(self) -> None:
        assert self._errors is not None
        data = self._errors.read(1 << 16)
        if data == b"":
            self._errors.close()
        elif data:
            log.debug("worker: %s", data.decode(errors="replace").rstrip())
            self._last_words = (self._last_words + data)[-_LAST_WORDS:]

    def _obituary(self) -> str:
        try:
            status = self._process.wait(2)
        except subprocess.TimeoutExpired:
            return "the worker closed its channel"
        if self._errors is not None and not self._errors.closed:
            self._listen_to_errors()
        lines = self._last_words.decode(errors="replace").strip().splitlines()
        said = f': "{lines[-1][:300]}"' if lines else ""
        return f"the worker {_describe(status)}{said}"

    # -- the watch -----------------------------------------------------------------------------------------

    def _watch(self) -> None:
        """Short dry runs are over before the first look."""
        for talk in self._desk.going_on():
            if talk.pid is not None and time.monotonic() - talk.born > TICK:
                excess = self._excess(talk, self._number(talk))
                if excess:
                    self._desk.kill(talk, excess)

    def _number(self, talk: Conversation) -> int | None:
        if talk.outer_pid is None and talk.pid is not None:
            talk.outer_pid = self._outer(talk.pid)
        return talk.outer_pid

    def _outer(self, pid: int) -> int | None:
        return pid if self._same_process_ids else usage.outer_number(self._process.pid, pid)

    def _excess(self, talk: Conversation, pid: int | None) -> str | None:
        """What it has too much of, as a clause."""
        if pid is not None:
            used = usage.resident(pid)
            if used is not None and used > talk.limits.memory_bytes + self._baseline:
                return f"the model code used more than {_size(talk.limits.memory_bytes)} of memory"
            if usage.threads(pid) > MOST_THREADS:
                return f"the model code started more than {MOST_THREADS} threads"
        if time.monotonic() - self._weighed > WEIGH_SECONDS:
            self._weighed = time.monotonic()
            folder = self._scratch / f"run-{talk.number}"
            if usage.stored(folder, MOST_STORED) > MOST_STORED:
                return f"the model code wrote more than {_size(MOST_STORED)} of files"
        return None


def _describe(status: int) -> str:
    """Both mechanisms give 128 and the number for a signal, as a shell does."""
    number = -status if status < 0 else status - 128
    with contextlib.suppress(ValueError):
        return f"was ended by {signal.Signals(number).name}"
    return f"exited with status {status}"


def _size(amount: int) -> str:
    return f"{amount / 1024**3:.3g} GiB" if amount >= 1024**3 else f"{amount / 1024**2:.3g} MiB"
