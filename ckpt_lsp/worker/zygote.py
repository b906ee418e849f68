"""The parent of all dry runs of one worker: gets a process per job and relays its words.

One thread, one selector, no code of the user: whatever a child does (exits, hangs, stops itself, floods its
pipes, forges frames), the loop goes on.  It ends, and all it started with it, when the pool closes its end.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import time
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

from . import processes
from .birth import Births
from .options import Options
from .protocol import Decoder, DryRunJob, ProtocolError, encode, from_plain
from .relay import Run

_NOT_STARTED = "no dry run could be started: %s"


def write_whole(descriptor: int, data: bytes) -> None:
    """Blocks until all is written.  Raises OSError where nobody reads."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


class Zygote:
    """The loop.  `runs` are the children that have not ended, `waiting` the jobs without one, by job id."""

    def __init__(self, options: Options, births: Callable[[Zygote], Births]) -> None:
        self._options = options
        self._selector = selectors.DefaultSelector()
        self._decoder = Decoder()
        self._runs: Dict[int, Run] = {}
        self._waiting: Dict[int, DryRunJob] = {}
        self._births = births(self)
        self._sweepers: List[int] = []
        self._open = True

    def say_ready(self, said: Dict[str, Any]) -> None:
        """That dry runs are possible, or, which is the end, why they are not."""
        self.send(said)
        self._open = self._open and said["event"] == "ready"

    def serve(self) -> None:
        self._listen_for_ends()
        self.watch(self._options.read, self._take_orders)
        self._births.begin()
        try:
            while self._open:
                for key, _ in self._selector.select(self._until_deadline()):
                    # An earlier one of this round may have closed the descriptor, or opened it anew.
                    if self._selector.get_map().get(key.fileobj) is key:
                        key.data()
                self._reap()
                self._expire()
                self._hand_out()
        finally:
            self._end_all()

    # -- used by the runs ----------------------------------------------------------------------------------

    def send(self, message: Dict[str, Any]) -> None:
        """To the pool; that it is gone is noticed at the other descriptor."""
        try:
            write_whole(self._options.write, encode(message))
        except OSError:
            self._open = False

    def watch(self, descriptor: int, ready: Callable[[], None], write: bool = False) -> None:
        events = selectors.EVENT_WRITE if write else selectors.EVENT_READ
        self._selector.register(descriptor, events, ready)

    def forget(self, descriptor: int) -> None:
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(descriptor)

    # -- orders --------------------------------------------------------------------------------------------

    def _take_orders(self) -> None:
        data = os.read(self._options.read, 1 << 16)
        if not data:
            self._open = False
            return
        for message in self._decoder.feed(data):
            self._obey(message)

    def _obey(self, message: Dict[str, Any]) -> None:
        number, op = message["id"], message["op"]
        run = self._runs.get(number)
        if op == "dryrun":
            self._start(number, message["job"])
        elif number in self._waiting:
            self._withdraw(number, None if op == "finish" else str(message.get("reason")))
        elif run is None:
            return  # it ended while the order was on its way
        elif op == "ask":
            run.ask(message["question"])
        elif op == "finish":
            run.finish()
        elif op == "kill":
            run.kill(str(message["reason"]))

    def _start(self, number: int, job: Any) -> None:
        try:
            order = from_plain(DryRunJob, job)
            self._births.expect(order)
            self._waiting[number] = order
            self._hand_out()
        except (OSError, ProtocolError) as error:
            self._withdraw(number, _NOT_STARTED % error)

    def _hand_out(self) -> None:
        """Jobs to processes, in the order in which they came."""
        for number, job in list(self._waiting.items()):
            if not self._births.ready():
                reason = self._births.hopeless()
                if reason:
                    self._withdraw(number, _NOT_STARTED % reason)
                continue
            del self._waiting[number]
            try:
                self._runs[number] = Run.start(self, number, job, self._options.scratch, self._births.bear)
            except OSError as error:
                self._withdraw(number, _NOT_STARTED % error)

    def _withdraw(self, number: int, reason: Optional[str]) -> None:
        """A job that never got a process."""
        self._waiting.pop(number, None)
        self.send({"event": "ended", "id": number, "reason": reason})

    # -- ends ----------------------------------------------------------------------------------------------

    def _listen_for_ends(self) -> None:
        read, write = os.pipe()
        os.set_blocking(read, False)
        os.set_blocking(write, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)

        def drain() -> None:
            with contextlib.suppress(BlockingIOError):
                os.read(read, 4096)

        self.watch(read, drain)

    def _reap(self) -> None:
        for pid, status in _ended():
            run = next((run for run in self._runs.values() if run.pid == pid), None)
            if run is not None:
                del self._runs[run.number]
                run.ended(status)
                self._sweep(run.scratch)
            elif pid in self._sweepers:
                self._sweepers.remove(pid)
            else:
                self._births.buried(pid)
        if not self._options.no_processes:
            self._kill_strays()

    def _kill_strays(self) -> None:
        """What outlived its dry run has become a child of this process."""
        ours = {run.pid for run in self._runs.values()} | set(self._sweepers) | self._births.waiting()
        for pid in processes.children():
            if pid not in ours:
                processes.kill(pid)

    def _until_deadline(self) -> Optional[float]:
        deadlines = [run.deadline for run in self._runs.values() if run.deadline is not None]
        return max(0.0, min(deadlines) - time.monotonic()) if deadlines else None

    def _expire(self) -> None:
        now = time.monotonic()
        for run in self._runs.values():
            if run.deadline is not None and run.deadline <= now:
                run.expire()

    def _sweep(self, scratch: str) -> None:
        """Removes the scratch folder; what a run left in it may take long, so a process of its own does."""
        try:
            os.rmdir(scratch)
        except OSError:
            pid = os.fork()
            if pid == 0:
                processes.remove_and_exit(scratch)
            self._sweepers.append(pid)

    def _end_all(self) -> None:
        self._births.end()
        for run in self._runs.values():
            processes.kill(run.pid)
        deadline = time.monotonic() + 2
        while (self._runs or self._births.waiting()) and time.monotonic() < deadline:
            self._reap()
            time.sleep(0.01)


def _ended() -> Iterator[Tuple[int, int]]:
    """(pid, status) of each child that has ended."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        yield pid, status
