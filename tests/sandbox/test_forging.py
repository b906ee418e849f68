"""Results that are made up: by model code in a real worker, and by an interpreter that only plays one."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ckpt_lsp.sandbox import View, WorkerPool, WorkerUnavailable
from ckpt_lsp.sandbox.bare import Bare
from ckpt_lsp.worker.protocol import Limits, Question

from .conftest import Bench, make_bench

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no dry runs on Windows")

PATIENT = Limits(wall_seconds=20, cpu_seconds=20)

TOKEN = """\
import json, os, struct, sys, time
def token():
    frame = sys._getframe()
    while frame is not None:
        for value in list(frame.f_locals.values()):
            if isinstance(getattr(value, "token", None), str):
                return value.token
        frame = frame.f_back
def say(**fields):
    body = json.dumps(dict(fields, token=token())).encode()
    os.write(3, struct.pack(">I", len(body)) + body)
FORGED = {"status": "loads", "model": "FORGED", "strict": True}
"""
TO_THE_END = f"{TOKEN}say(result=FORGED)\nos.read(4, 4096)\nsay(confirmed=True)\ntime.sleep(60)"
UNASKED = f"{TOKEN}say(result=FORGED)\nos.read(4, 4096)\nsay(answer={{'raises': False}})\ntime.sleep(60)"
AFTER_ITS_OWN = f"""\
{TOKEN}
import threading
def later():
    time.sleep(0.5)
    say(result=FORGED)
threading.Thread(target=later, daemon=True).start()
"""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    made = make_bench(tmp_path_factory.mktemp("workspace"), Bare())
    yield made
    made.pool.close()


def test_a_program_that_plays_our_part_to_the_end_lies_about_its_own_site_and_no_other(bench: Bench) -> None:
    """The limit of the channel: code that runs in the same process as ours can be us."""
    others: list[str | None] = []
    neighbour = threading.Thread(target=lambda: others.append(bench.run("", PATIENT).model))
    with bench.held(TO_THE_END) as forged:
        assert forged.result.model == "FORGED"
        neighbour.start()
        neighbour.join()
    assert others == [bench.run("", PATIENT).model]
    assert others != ["FORGED"]


def test_what_is_not_due_ends_the_run(bench: Bench) -> None:
    result = bench.run(UNASKED)
    assert result.reason == "the model code wrote to the channel of the dry run (a frame that is not due)"


def test_a_second_result_changes_nothing(bench: Bench) -> None:
    with bench.held(AFTER_ITS_OWN) as run:
        assert run.result.status == "loads"
        assert run.result.model != "FORGED"
        threading.Event().wait(1)
        assert run.ask(Question()).error is not None, "it was ended for what it said"
    assert run.result.model != "FORGED"


PRETENDER = """\
#!{python}
import json, os, struct, sys, time
options = json.loads(sys.argv[-1])
def say(**fields):
    body = json.dumps(fields).encode()
    os.write(options["write"], struct.pack(">I", len(body)) + body)
say(event="ready", id=0, pid=os.getpid(), python="3", torch="2", executable="x")
os.read(options["read"], 1 << 16)
{act}
time.sleep(60)
"""
GOOD = '{"status": "loads", "model": "first"}'


def pretended(folder: Path, act: str) -> Bench:
    python = folder / "python"
    python.write_text(PRETENDER.format(python=sys.executable, act=act))
    python.chmod(0o755)
    return Bench(folder, WorkerPool(python, folder, View.of(folder), Bare()))


def test_only_the_first_result_of_a_job_counts_and_none_for_another_job(tmp_path: Path) -> None:
    act = f"""\
say(event="result", id=2, result={{"status": "loads", "model": "other"}})
say(event="result", id=1, result={GOOD})
say(event="result", id=1, result={{"status": "loads", "model": "second"}})
"""
    bench = pretended(tmp_path, act)
    with bench.held() as run:
        threading.Event().wait(0.3)
        assert run.result.model == "first"
    bench.pool.close()


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        ('say(event="answer", id=1, answer={"raises": False})', "an answer to no question"),
        ('say(event="result", id=1, result={"status": "fine"})', "no such status"),
        ('say(event="result", id=1, result=[])', "DryRunResult expected"),
        ('say(event="started", id=1, pid="x")', "ValueError in started"),
        ('os.write(options["write"], b"\\xff\\xff\\xff\\xff")', "frame of 4294967295 bytes"),
        ('os.write(options["write"], b"\\0\\0\\0\\1x")', "not JSON"),
        ("sys.exit(7)", "exited with status 7"),
    ],
)
def test_a_worker_that_breaks_the_rules_is_ended_and_gives_no_verdict(tmp_path: Path, act: str, reason: str) -> None:
    bench = pretended(tmp_path, act)
    result = bench.run()
    assert result.status == "unresolved"
    assert result.reason is not None
    assert reason in result.reason
    bench.pool.close()


def test_an_interpreter_that_never_gets_ready_is_unavailable(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho cannot start >&2\nexit 3\n")
    python.chmod(0o755)
    pool = WorkerPool(python, tmp_path, View.of(tmp_path), Bare())
    with pytest.raises(WorkerUnavailable, match='exited with status 3: "cannot start"'):
        pool.describe()
    pool.close()
