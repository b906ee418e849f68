"""The parent of all dry runs of one worker: forks a child per job and relays its words.

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

from . import dryrun, processes
from .options import Options
from .protocol import Decoder, DryRunJob, ProtocolError, encode, from_plain
from .relay import Run


def write_whole(descriptor: int, data: bytes) -> None:
    """Blocks until all is written.  Raises OSError where nobody reads."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


class Zygote:
    """The loop.  `runs` are the children that have not ended, by job id."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._selector = selectors.DefaultSelector()
        self._decoder = Decoder()
        self._runs: Dict[int, Run] = {}
        self._sweepers: List[int] = []
        self._open = True

    def serve(self, ready: Dict[str, Any]) -> None:
        self._listen_for_ends()
        self.watch(self._options.read, self._take_orders)
        self.send(ready)
        try:
            while self._open:
                for key, _ in self._selector.select(self._until_deadline()):
                    # An earlier one of this round may have closed the descriptor, or opened it anew.
                    if self._selector.get_map().get(key.fileobj) is key:
                        key.data()
                self._reap()
                self._expire()
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
            dryrun.preload(order.preload)
            self._runs[number] = Run.start(self, number, order, self._options)
        except (OSError, ProtocolError) as error:
            self.send({"event": "ended", "id": number, "reason": "no dry run could be started: %s" % error})

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
        if not self._options.no_processes:
            self._kill_strays()

    def _kill_strays(self) -> None:
        """What outlived its dry run has become a child of this process."""
        ours = {run.pid for run in self._runs.values()} | set(self._sweepers)
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
        for run in self._runs.values():
            processes.kill(run.pid)
        deadline = time.monotonic() + 2
        while self._runs and time.monotonic() < deadline:
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
