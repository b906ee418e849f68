"""How many at a time, in which state, and how soon again after a failure."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest

from ckpt_lsp.sandbox import View, WorkerPool, WorkerUnavailable, pool
from ckpt_lsp.sandbox.bare import Bare
from ckpt_lsp.sandbox.process import State
from ckpt_lsp.worker.protocol import Limits

from .conftest import Bench, make_bench

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no dry runs on Windows")

PATIENT = Limits(wall_seconds=20, cpu_seconds=20)


def bench_of(root: Path, monkeypatch: pytest.MonkeyPatch, cores: int, workers: int) -> Bench:
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    make_bench(root, Bare())  # its pool starts nothing unless it is used
    return Bench(root, WorkerPool(Path(sys.executable), root, View.of(root), Bare(), workers))


@pytest.fixture
def single(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """On a machine with one core."""
    made = bench_of(tmp_path, monkeypatch, cores=1, workers=1)
    yield made
    made.pool.close()


def test_no_more_at_a_time_than_there_are_cores(single: Bench) -> None:
    with single.held() as first:
        assert first.result.status == "loads"
        start = time.monotonic()
        with single.held("", lambda: time.monotonic() > start + 0.3) as second:
            assert second.result.reason == "the dry run was cancelled"
    assert single.run("", PATIENT).status == "loads"


def test_a_cancelled_run_makes_room_at_once(single: Bench) -> None:
    """As when a newer version of the document has arrived."""
    stale = threading.Event()
    endless = "import time\ntime.sleep(60)"

    def run_stale() -> None:
        with single.held(endless, stale.is_set):
            pass

    thread = threading.Thread(target=run_stale)
    thread.start()
    threading.Timer(1.0, stale.set).start()
    start = time.monotonic()
    assert single.run("", PATIENT).status == "loads"
    assert time.monotonic() - start < 20, "it need not wait for the end of the stale one"
    thread.join()


def test_there_are_never_more_workers_than_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = bench_of(tmp_path, monkeypatch, cores=4, workers=2)
    with ExitStack() as stack:
        for _ in range(4):
            assert stack.enter_context(bench.held()).result.status == "loads"
        places = bench.pool._places
        assert [place.load for place in places] == [2, 2]
        workers = [place.worker for place in places]
        assert [worker.state for worker in workers if worker] == [State.READY, State.READY]
    bench.pool.close()
    assert [worker.state for worker in workers if worker] == [State.ENDED, State.ENDED]


def test_pauses_after_failures_double_up_to_half_a_minute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(pool, "time", SimpleNamespace(monotonic=lambda: now))
    broken = WorkerPool(tmp_path / "absent", tmp_path, View.of(tmp_path), Bare())
    attempts: dict[object, float] = {}
    while len(attempts) < 9:
        with pytest.raises(WorkerUnavailable, match="absent"):
            broken.describe()
        attempts.setdefault(broken._places[0].worker, now)
        now += 0.25
    times = list(attempts.values())
    assert [later - earlier for earlier, later in pairwise(times)] == [0.5, 1, 2, 4, 8, 16, 30, 30]
    broken.close()
