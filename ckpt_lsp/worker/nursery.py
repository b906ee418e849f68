"""Standby processes: spawned ahead, torch imported, one dry run each.

Each that gets a job is followed by a new one at once.  One that never came to be ready is followed by another only
when there is a job again, so that a broken interpreter is not started for ever.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any, Callable, Dict, List, Optional, Set, Tuple

from . import birth, options, processes
from .birth import Born, Order
from .protocol import Decoder, DryRunJob, ProtocolError
from .relay import Loop

_LONGEST = 64 * 1024
"""Bytes of what a standby says of itself."""


class _Standby:
    """A process without a job."""

    def __init__(self, born: Born) -> None:
        self.born = born
        self.decoder = Decoder(_LONGEST)
        self.is_ready = False


class Nursery:
    """Keeps `ahead` of them; `first` hears what the first one says: that it is ready, or why it is not."""

    def __init__(self, loop: Loop, given: options.Options, first: Callable[[Dict[str, Any]], None]) -> None:
        self._loop = loop
        self._options = given
        self._first: Optional[Callable[[Dict[str, Any]], None]] = first
        self._standbys: Dict[int, _Standby] = {}
        self._ahead = given.ahead
        self._preload: Set[str] = set()
        self._failure = ""

    def begin(self) -> None:
        try:
            while len(self._standbys) < self._ahead:
                self._spawn()
        except OSError as error:
            self._fail("no process can be started: %s" % error)

    def expect(self, job: DryRunJob) -> None:
        """What one job imports, the next ones will."""
        self._preload.update(job.preload)
        if not self._standbys:
            self._failure = ""
            self.begin()

    def ready(self) -> bool:
        return any(standby.is_ready for standby in self._standbys.values())

    def hopeless(self) -> str:
        return "" if self._standbys else self._failure or "no process is left"

    def bear(self, order: Order) -> Tuple[Born, bool]:
        standby = next(standby for standby in self._standbys.values() if standby.is_ready)
        self._let_go(standby)
        self.begin()
        return standby.born, True

    def waiting(self) -> Set[int]:
        return set(self._standbys)

    def buried(self, pid: int) -> None:
        standby = self._standbys.get(pid)
        if standby is None:
            return
        if not standby.is_ready:
            self._listen(standby)  # its last words
        self._let_go(standby)
        for descriptor in (standby.born.results, standby.born.questions, *standby.born.outputs):
            os.close(descriptor)
        if standby.is_ready:
            self.begin()
        else:
            self._fail("the process ended before it was ready")

    def end(self) -> None:
        self._ahead = 0
        for pid in self._standbys:
            processes.kill(pid)

    def _spawn(self) -> None:
        names = sorted(self._preload)
        own = replace(self._options, parent=os.getpid(), preload=names)
        standby = _Standby(birth.spawn(options.pack(own)))
        self._standbys[standby.born.pid] = standby
        self._loop.watch(standby.born.results, lambda: self._listen(standby))
        for descriptor in standby.born.outputs:
            self._loop.watch(descriptor, lambda descriptor=descriptor: self._drain(descriptor))  # type: ignore[misc]

    def _let_go(self, standby: _Standby) -> None:
        del self._standbys[standby.born.pid]
        for descriptor in (standby.born.results, *standby.born.outputs):
            self._loop.forget(descriptor)

    def _listen(self, standby: _Standby) -> None:
        data = _read(standby.born.results)
        if data == b"":
            self._loop.forget(standby.born.results)  # its end is noticed by its burial
        try:
            messages: List[Dict[str, Any]] = standby.decoder.feed(data or b"")
        except ProtocolError as error:
            messages = [{"event": "failed", "id": 0, "reason": str(error)}]
        for message in messages:
            self._hear(standby, message)

    def _hear(self, standby: _Standby, message: Dict[str, Any]) -> None:
        if message.get("event") != "ready":
            self._fail(str(message.get("reason")))
            return
        standby.is_ready = True
        self._tell_first(message)

    def _fail(self, reason: str) -> None:
        self._failure = self._failure or reason
        self._tell_first({"event": "failed", "id": 0, "reason": self._failure})

    def _tell_first(self, message: Dict[str, Any]) -> None:
        first, self._first = self._first, None
        if first is not None:
            first(message)

    def _drain(self, descriptor: int) -> None:
        if _read(descriptor) == b"":
            self._loop.forget(descriptor)


def _read(descriptor: int) -> Optional[bytes]:
    try:
        return os.read(descriptor, 1 << 16)
    except BlockingIOError:
        return None
