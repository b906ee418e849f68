"""Without fork: processes that are spawned ahead of their jobs behave as forked ones do."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ckpt_lsp.sandbox import usage
from ckpt_lsp.sandbox.process import forks
from ckpt_lsp.worker.protocol import Limits, Question

from .conftest import Bench, make_bench, mechanism_or_skip

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

AHEAD = max(2, min(4, os.cpu_count() or 1))
PATIENT = Limits(wall_seconds=20, cpu_seconds=20)


@pytest.fixture(scope="module", params=["bubblewrap", "landlock", "off"])
def standby_bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CKPT_LSP_FORK", "0")
        made = make_bench(tmp_path_factory.mktemp("workspace"), mechanism_or_skip(request.param))
        yield made
        made.pool.close()


def test_linux_forks_unless_it_is_told_not_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CKPT_LSP_FORK", raising=False)
    assert forks()
    monkeypatch.setenv("CKPT_LSP_FORK", "0")
    assert not forks()


def test_each_dry_run_has_a_process_of_its_own_and_answers_questions(standby_bench: Bench) -> None:
    alone = "import builtins\nassert not hasattr(builtins, 'been_here')\nbuiltins.been_here = True"
    for _ in range(2):
        with standby_bench.held(alone) as run:
            assert run.result.status == "loads"
            first, second = run.ask(Question()), run.ask(Question(state_dict="{}"))
        assert (first.error, first.raises) == (None, False)
        assert second.missing == ["weight", "bias"]


def test_importing_torch_is_not_held_against_it(standby_bench: Bench) -> None:
    burn = "import time\nend = time.thread_time() + 0.3\nwhile time.thread_time() < end:\n    pass"
    assert standby_bench.run(burn, Limits(wall_seconds=20, cpu_seconds=1)).status == "loads"
    endless = standby_bench.run("while True:\n    pass", Limits(wall_seconds=20, cpu_seconds=1))
    assert endless.reason == "the model code used more than 1 s of processor time"


def test_it_holds_no_descriptors_but_its_own_and_no_thread_but_one(standby_bench: Bench) -> None:
    check = """\
import os, sys
def is_open(number):
    try:
        os.fstat(number)
    except OSError:
        return False
    return True
assert [number for number in range(4096) if is_open(number)] == [0, 1, 2, 3, 4]
assert len(sys._current_frames()) == 1
"""
    assert standby_bench.run(check, PATIENT).status == "loads"


def test_a_job_that_waits_for_its_process_can_be_cancelled(standby_bench: Bench) -> None:
    slow = [threading.Thread(target=standby_bench.run, args=("import time\ntime.sleep(1)", PATIENT)) for _ in range(2)]
    for thread in slow:
        thread.start()
    start = time.monotonic()
    with standby_bench.held("", lambda: time.monotonic() > start + 0.1) as run:
        assert run.result.status in ("loads", "unresolved")
    for thread in slow:
        thread.join()
    assert standby_bench.run("", PATIENT).status == "loads"


def standbys(pool_of: set[int]) -> set[int]:
    """Processes started since that have torch in memory."""
    return {pid for pid in set(usage.below(os.getpid())) - pool_of if (usage.resident(pid) or 0) > 100 << 20}


def until(count: int, before: set[int]) -> set[int]:
    deadline = time.monotonic() + 60
    while len(found := standbys(before)) < count:
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    return found


def test_one_that_dies_while_it_waits_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CKPT_LSP_FORK", "0")
    before = set(usage.below(os.getpid()))
    bench = make_bench(tmp_path, mechanism_or_skip("off"))
    assert bench.run("", PATIENT).status == "loads"
    waiting = until(AHEAD, before)
    assert {usage.threads(pid) for pid in waiting} == {1}, "a filter is put on one thread, and must hold for all"
    for pid in waiting:
        os.kill(pid, signal.SIGKILL)
    assert bench.run("", PATIENT).status == "loads"
    until(AHEAD, before)
    bench.pool.close()
    assert set(usage.below(os.getpid())) <= before
