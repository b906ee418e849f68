"""One worker process and the thread that lives as long as it: starts it confined, serves it, buries it.

The thread matters: the kernel ends a confined process when the *thread* that started it ends.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from enum import Enum
from pathlib import Path

from ..worker import __file__ as _worker_file
from ..worker import options, syscalls
from .desk import Desk
from .interface import Confinement, Visible, WorkerUnavailable
from .scratch import make, remove
from .traffic import Ready, Traffic

log = logging.getLogger(__name__)

_WORKER = Path(_worker_file).resolve().parent
_POLL = 0.05
MOST_AHEAD = 4
"""Standby processes without a job, where dry runs are not forked."""


class State(Enum):
    STARTING = "starting"
    READY = "ready"
    ENDED = "ended"


class Worker:
    """One process; `state` only ever moves forward."""

    def __init__(self, python: Path, visible: Visible, mechanism: Confinement) -> None:
        self.state = State.STARTING
        self.ready: Ready | None = None
        self.reason = ""
        """Why it ended."""
        self.desk = Desk()
        self._python = python
        self._visible = visible
        self._mechanism = mechanism
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._live, name="ckpt-lsp worker", daemon=True)
        self._thread.start()

    def await_ready(self, cancelled: Callable[[], bool]) -> Ready | None:
        """None where the caller lost interest.  Raises WorkerUnavailable."""
        with self._changed:
            while self.state is State.STARTING:
                if cancelled():
                    return None
                self._changed.wait(_POLL)
            if self.ready is None:
                raise WorkerUnavailable(self.reason)
            return self.ready

    def close(self, wait: bool = True) -> None:
        """Ends the process and all below it."""
        self.desk.ask_to_close()
        if wait:
            self._thread.join()

    # -- the thread ----------------------------------------------------------------------------------------

    def _live(self) -> None:
        scratch = make()
        reason = "the worker could not be started"
        try:
            reason = self._start_and_serve(scratch)
        except OSError as error:
            reason = f"the worker could not be started: {error}"
        finally:
            with self._changed:
                self.state, self.reason = State.ENDED, reason
                self._changed.notify_all()
            self.desk.close(reason)
            log.info("worker of %s: %s", self._python, reason)
            remove(scratch)

    def _start_and_serve(self, scratch: Path) -> str:
        """Returns why it ended."""
        from_pool, to_worker = os.pipe()
        from_worker, to_pool = os.pipe()
        os.set_blocking(to_worker, False)
        process = None
        try:
            try:
                process = self._start(scratch, from_pool, to_pool)
            finally:
                os.close(from_pool)
                os.close(to_pool)
            ends = (from_worker, to_worker)
            same = self._mechanism.same_process_ids
            return Traffic(self.desk, process, ends, same, scratch, self._be_ready).serve()
        finally:
            os.close(to_worker)
            os.close(from_worker)
            if process is not None:
                _end(process)

    def _start(self, scratch: Path, from_pool: int, to_pool: int) -> subprocess.Popen[bytes]:
        command = (str(self._python), "-I", "-B", str(_WORKER), self._options(scratch, from_pool, to_pool))
        home = {name: str(scratch) for name in ("HOME", "TMPDIR")}
        with self._mechanism.launch(command, self._visible, scratch) as launch:
            return subprocess.Popen(
                launch.command,
                env={**self._visible.environment, **home},
                cwd="/",
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=(from_pool, to_pool, *launch.descriptors),
                start_new_session=True,
            )

    def _options(self, scratch: Path, from_pool: int, to_pool: int) -> str:
        readable = self._mechanism.readable(self._visible)
        return options.pack(
            options.Options(
                read=from_pool,
                write=to_pool,
                scratch=str(scratch),
                no_processes=self._mechanism.forbids_processes and _can_filter(),
                readable=None if readable is None else list(readable),
                fork=forks(),
                ahead=_ahead(),
                site_folders=list(self._visible.site_folders),
            )
        )

    def _be_ready(self, ready: Ready) -> None:
        confined = " + ".join(self._mechanism.layers)
        by = self._mechanism.name
        log.info("worker of %s is ready: torch %s, kept in by %s (%s)", self._python, ready.torch, by, confined)
        with self._changed:
            self.state, self.ready = State.READY, ready
            self._changed.notify_all()


def forks() -> bool:
    """Whether dry runs are forked off a worker that has torch: on Linux, unless CKPT_LSP_FORK=0 is set.

    Elsewhere forking a process that has imported torch is not safe, or not possible at all."""
    return sys.platform == "linux" and os.environ.get("CKPT_LSP_FORK") != "0"


def _ahead() -> int:
    """Each has torch in memory."""
    return max(2, min(MOST_AHEAD, os.cpu_count() or 1))


def _can_filter() -> bool:
    return sys.platform == "linux" and syscalls.machine() is not None


def _end(process: subprocess.Popen[bytes]) -> None:
    """Its channel is closed, which a sound worker follows; closing its input makes the supervisor end it."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(3)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stderr is not None:
        process.stderr.close()
