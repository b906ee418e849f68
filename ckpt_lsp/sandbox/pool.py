"""The one door to dry runs: starts workers when they are needed, keeps to the number of cores, starts them anew.

Nothing a job does raises here: it ends as an unresolved result with the reason.  What raises is that there can
be no dry runs at all, as WorkerUnavailable.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..worker.protocol import Answer, DryRunJob, DryRunResult, Question
from .conversation import Conversation, Silent
from .interface import Confinement, Visible, WorkerUnavailable
from .process import State, Worker, forks
from .traffic import Ready
from .view import View, look

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
_POLL = 0.05
_CANCELLED = DryRunResult(status="unresolved", reason="the dry run was cancelled")


@dataclass(frozen=True)
class Description:
    """For `doctor`."""

    python: Path
    python_version: str
    torch: str
    mechanism: str
    layers: tuple[str, ...]
    readable: tuple[Path, ...]
    left_out: tuple[str, ...]
    """What the user or the machine names to be read and dry runs are not shown, each with the reason."""
    forked: bool
    """Dry runs are forked off a warm worker; else each has a process that was started ahead."""


class Run:
    """A dry run that has its result and whose child still holds model and state dict."""

    def __init__(self, result: DryRunResult, worker: Worker | None = None, talk: Conversation | None = None):
        self.result = result
        self._worker = worker
        self._talk = talk

    def ask(self, question: Question) -> Answer:
        """Never raises for what the child does; `error` is set if it is gone."""
        if self._worker is None or self._talk is None:
            return Answer(raises=False, error=self.result.reason)
        try:
            self._worker.desk.ask(self._talk, question)
            return self._talk.await_answer()
        except Silent:
            self._worker.close(wait=False)
            return Answer(raises=False, error="the worker did not answer")


class WorkerPool:
    """Workers for one interpreter and one workspace.  Thread-safe; starts nothing before the first dry run."""

    def __init__(self, python: Path, root: Path, view: View, mechanism: Confinement, workers: int = 1) -> None:
        self._python = python.absolute()
        self._view = View(root, view.checkpoint_roots)
        self._mechanism = mechanism
        self._lock = threading.Lock()
        self._places = [_Place() for _ in range(workers)]
        self._slots = threading.BoundedSemaphore(os.cpu_count() or 1)
        self._seen: Visible | None = None
        self._closed = False

    @contextmanager
    def dry_run(self, job: DryRunJob, cancelled: Callable[[], bool] = lambda: False) -> Iterator[Run]:
        """Blocks until there is a result.  Raises WorkerUnavailable."""
        if not self._take_slot(cancelled):
            yield Run(_CANCELLED)
            return
        try:
            worker, ready = self._ready_worker(cancelled)
            if ready is None:
                yield Run(_CANCELLED)
                return
            talk = worker.desk.submit(job)
            try:
                yield Run(_result(worker, talk, cancelled), worker, talk)
            finally:
                worker.desk.finish(talk)
        finally:
            self._slots.release()

    def describe(self) -> Description:
        """Starts a worker if none runs.  Raises WorkerUnavailable."""
        _, ready = self._ready_worker(lambda: False)
        assert ready is not None
        return Description(
            self._python,
            ready.python,
            ready.torch,
            self._mechanism.name,
            self._mechanism.layers,
            self._visible().read,
            self._visible().left_out,
            forks(),
        )

    def close(self) -> None:
        """All processes are gone afterwards; dry runs that go on end as unresolved."""
        with self._lock:
            self._closed = True
            workers = [place.worker for place in self._places if place.worker is not None]
        for worker in workers:
            worker.close(wait=False)
        for worker in workers:
            worker.close()

    # -- workers -------------------------------------------------------------------------------------------

    def _take_slot(self, cancelled: Callable[[], bool]) -> bool:
        while not self._slots.acquire(timeout=_POLL):
            if cancelled():
                return False
        return True

    def _ready_worker(self, cancelled: Callable[[], bool]) -> tuple[Worker, Ready | None]:
        place = self._place()
        worker = place.worker
        assert worker is not None
        try:
            ready = worker.await_ready(cancelled)
        except WorkerUnavailable as error:
            with self._lock:
                place.note_failure(worker)
            raise WorkerUnavailable(self._advise(str(error))) from None
        if ready is not None:
            place.failures = 0
        return worker, ready

    def _place(self) -> _Place:
        """The least busy place, with a worker in it that has not ended."""
        with self._lock:
            if self._closed:
                raise WorkerUnavailable("the pool was closed")
            place = min(self._places, key=lambda place: place.load)
            if place.worker is None or place.worker.state is State.ENDED:
                place.respect_pause(self._advise)
                place.worker = Worker(self._python, self._visible(), self._mechanism)
            return place

    def _visible(self) -> Visible:
        if self._seen is None:
            self._seen = look(self._view, self._python)
        return self._seen

    def _advise(self, reason: str) -> str:
        if "No module named 'torch'" in reason:
            return (
                f"{self._python} has no torch; install it there, or name an interpreter that has it"
                " (--python PATH, or the setting `python`)"
            )
        return f"no dry run with {self._python} ({self._mechanism.name}): {reason}; see `ckpt-lsp doctor`"


class _Place:
    """Where one worker stands, and how often one in a row failed to start here."""

    def __init__(self) -> None:
        self.worker: Worker | None = None
        self.failures = 0
        self._failed: Worker | None = None
        self._not_before = 0.0

    @property
    def load(self) -> int:
        return len(self.worker.desk.going_on()) if self.worker else 0

    def respect_pause(self, advise: Callable[[str], str]) -> None:
        """Raises WorkerUnavailable while it is too early for another attempt."""
        if self.worker is not None and self.worker.ready is None and time.monotonic() < self._not_before:
            raise WorkerUnavailable(advise(self.worker.reason))

    def note_failure(self, worker: Worker) -> None:
        """Each worker counts once, however many callers waited for it; the pause begins when it failed."""
        if worker is not self._failed:
            self._failed = worker
            self._not_before = time.monotonic() + min(_FIRST_PAUSE * 2**self.failures, _LONGEST_PAUSE)
            self.failures += 1


def _result(worker: Worker, talk: Conversation, cancelled: Callable[[], bool]) -> DryRunResult:
    try:
        return talk.await_result(cancelled)
    except Silent:
        worker.close(wait=False)
        return DryRunResult(status="unresolved", reason="the worker did not answer; it was ended")
