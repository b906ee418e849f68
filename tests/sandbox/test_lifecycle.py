"""A dry run always ends, with a reason that names the cause, and the worker takes the next one."""

from __future__ import annotations

import threading
import time

import pytest

from ckpt_lsp.worker.protocol import Limits, Question

from .conftest import LIMITS, Bench, with_limits

EXIT = "import os\nos._exit(3)"
SYSTEM_EXIT = "import sys\nsys.exit(4)"
NO_WORDS = "import os, time\nos.closerange(0, 4096)\ntime.sleep(60)"
STOP = "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)"
CRASH = "import ctypes\nctypes.string_at(0)"
BUSY = "while True:\n    pass"
BOMB = "hoard = []\nwhile True:\n    hoard.append(bytearray(b'x') * (8 << 20))"
STUBBORN = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(60)"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (EXIT, "the model code exited with status 3"),
        (NO_WORDS, "the model code closed the channel of the dry run"),
        (STOP, "the model code ran longer than 2 s"),
        (STUBBORN, "the model code ran longer than 2 s"),
        (CRASH, "the model code was ended by SIGSEGV"),
    ],
)
def test_the_reason_names_the_cause_and_the_next_one_is_answered(bench: Bench, code: str, reason: str) -> None:
    result = bench.run(code)
    assert (result.status, result.reason) == ("unresolved", reason)
    assert bench.run().status == "loads"


def test_memory_is_limited(bench: Bench) -> None:
    result = bench.run(BOMB, with_limits(LIMITS, wall_seconds=30, cpu_seconds=30))
    assert result.reason == "the model code used more than 400 MiB of memory"
    assert bench.run().status == "loads"


def test_system_exit_is_no_verdict(bench: Bench) -> None:
    assert bench.run(SYSTEM_EXIT).status != "loads"
    assert bench.run().status == "loads"


def test_processor_time_is_limited(bench: Bench) -> None:
    result = bench.run(BUSY, Limits(wall_seconds=20, cpu_seconds=1))
    assert result.reason == "the model code used more than 1 s of processor time"


def test_output_neither_blocks_nor_reaches_anybody(bench: Bench, capfd: pytest.CaptureFixture[str]) -> None:
    noisy = "import os\nfor _ in range(200):\n    os.write(1, b'x' * 65536)\n    os.write(2, b'y' * 65536)"
    assert bench.run(noisy).status == "loads"
    assert capfd.readouterr() == ("", "")


def test_input_is_empty_and_descriptors_are_few(bench: Bench) -> None:
    check = """\
import os
assert os.read(0, 10) == b""
def is_open(number):
    try:
        os.fstat(number)
    except OSError:
        return False
    return True
assert [number for number in range(5, 4096) if is_open(number)] == []
"""
    assert bench.run(check).status == "loads"


def test_threads_are_allowed(bench: Bench) -> None:
    assert bench.run("import threading\nt = threading.Thread(target=int)\nt.start()\nt.join()").status == "loads"


def test_home_and_temporary_folder_are_private(bench: Bench) -> None:
    check = """\
import os, pathlib, tempfile
home = pathlib.Path.home()
assert str(home) == tempfile.gettempdir() == os.environ["TMPDIR"]
assert os.listdir(home) == []
descriptor = os.open(home / "file", os.O_CREAT | os.O_WRONLY)
assert os.write(descriptor, b"text") == 4
"""
    assert bench.run(check).status == "loads"
    assert bench.run(check).status == "loads"


@pytest.mark.parametrize("name", ["protocol", "build", "child"])
def test_modules_of_the_user_are_not_shadowed_by_ours(bench: Bench, name: str) -> None:
    (bench.root / f"{name}.py").write_text("MINE = True\n")
    assert bench.run(f"import {name}\nassert {name}.MINE").status == "loads"


def test_a_question_is_answered_by_the_same_child(bench: Bench) -> None:
    with bench.held() as run:
        assert run.result.status == "loads"
        first, second = run.ask(Question()), run.ask(Question())
    assert (first.error, second.error) == (None, None)


def test_a_question_to_a_child_that_is_gone_says_so(bench: Bench) -> None:
    with bench.held(EXIT) as run:
        answer = run.ask(Question())
    assert answer.error == "the dry run is gone: the model code exited with status 3"


def test_a_cancelled_run_returns_at_once(bench: Bench) -> None:
    start = time.monotonic()
    with bench.held("import time\ntime.sleep(60)", lambda: time.monotonic() > start + 0.2) as run:
        assert run.result.reason == "the dry run was cancelled"
    assert time.monotonic() - start < 1.5
    assert bench.run().status == "loads"


def test_dry_runs_go_on_at_the_same_time(bench: Bench) -> None:
    results: list[str] = []
    threads = [
        threading.Thread(target=lambda: results.append(bench.run("import time\ntime.sleep(0.2)").status))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == ["loads"] * 6


def test_what_is_running_is_described(bench: Bench) -> None:
    about = bench.pool.describe()
    assert about.torch.split(".")[0].isdigit()
    assert about.mechanism in ("bubblewrap", "landlock", "off")
    assert any(bench.root.resolve().is_relative_to(path) for path in about.readable)
