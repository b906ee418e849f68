"""No process, descriptor or folder outlives its use: not after the pool, nor after our own sudden death."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import ckpt_lsp
from ckpt_lsp.sandbox import View, WorkerPool, WorkerUnavailable, scratch, usage
from ckpt_lsp.sandbox.bare import Bare

from .conftest import Bench, make_bench, mechanism_or_skip

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

MECHANISMS = ["bubblewrap", "landlock", "off"]

SERVER = """\
import os
import sys
from pathlib import Path
from ckpt_lsp.sandbox import View, WorkerPool, choose, usage
from ckpt_lsp.worker.protocol import DryRunJob, Limits, Place
root = Path(sys.argv[2])
pool = WorkerPool(Path(sys.executable), root, View.of(root), choose(sys.argv[1]))
pool.describe()
print(len(usage.below(os.getpid())), flush=True)
job = DryRunJob("s.py", "import time\\ntime.sleep(60)\\nx.load_state_dict(y)", Place("s.py", 3, 1, 3, 21), str(root),
                [], [], str(root), limits=Limits(wall_seconds=60))
with pool.dry_run(job):
    pass
"""


def until(condition: Callable[[], bool], seconds: float = 5) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def scratch_folders(pid: int) -> list[Path]:
    return list(Path(scratch.tempfile.gettempdir()).glob(f"ckpt-lsp-{pid}-*"))


@pytest.mark.parametrize("name", MECHANISMS)
def test_closing_leaves_nothing(tmp_path: Path, name: str) -> None:
    processes, folders = set(usage.below(os.getpid())), scratch_folders(os.getpid())
    bench = make_bench(tmp_path, mechanism_or_skip(name))
    assert bench.run("import os\nos.mkdir(os.environ['TMPDIR'] + '/left')").status == "loads"
    bench.pool.close()
    assert set(usage.below(os.getpid())) <= processes
    assert scratch_folders(os.getpid()) == folders


@pytest.mark.parametrize("name", MECHANISMS)
def test_nothing_survives_the_sudden_death_of_the_server(tmp_path: Path, name: str) -> None:
    mechanism_or_skip(name)
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, name, str(tmp_path)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(ckpt_lsp.__file__).parents[1])},
    )
    assert server.stdout is not None
    count = int(server.stdout.readline())
    assert until(lambda: len(usage.below(server.pid)) > count, seconds=20)
    started = usage.below(server.pid)
    server.send_signal(signal.SIGKILL)
    server.wait()
    server.stdout.close()
    assert until(lambda: not any(usage.resident(pid) for pid in started))
    scratch.remove(scratch.make())
    assert scratch_folders(server.pid) == []


def test_a_killed_worker_is_replaced_and_its_job_says_why(tmp_path: Path) -> None:
    bench = make_bench(tmp_path, Bare())
    for _ in range(2):
        before = set(usage.below(os.getpid()))
        assert bench.run().status == "loads"
        worker = zygote(before)
        killer = threading.Timer(0.3, os.kill, (worker, signal.SIGKILL))
        killer.start()
        result = bench.run("import time\ntime.sleep(2)")
        killer.join()
        assert result.status == "unresolved"
        assert result.reason == "the worker was ended by SIGKILL"
    assert bench.run().status == "loads"
    bench.pool.close()


def zygote(before: set[int]) -> int:
    """The child of the supervisor that was started since; other tests of this process have workers of their own."""
    (supervisor,) = [pid for pid in usage.below(os.getpid()) if pid not in before and is_launcher(pid)]
    (child,) = [pid for pid in usage.below(supervisor) if parent_of(pid) == supervisor]
    return child


def parent_of(pid: int) -> int:
    """The fourth field of its stat; the second is a name that may hold anything."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def is_launcher(pid: int) -> bool:
    try:
        return b"launcher.py" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def test_a_worker_without_torch_says_the_next_step_and_is_not_tried_at_once(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "venv")], check=True)
    python = tmp_path / "venv" / "bin" / "python"
    pool = WorkerPool(python, tmp_path, View.of(tmp_path), Bare())
    bench = Bench(tmp_path, pool)
    for _ in range(2):
        with pytest.raises(WorkerUnavailable, match=r"has no torch; install it there, or name an interpreter"):
            bench.run()
    start = time.monotonic()
    with pytest.raises(WorkerUnavailable):
        bench.run()
    assert time.monotonic() - start < 0.1
    pool.close()


def test_an_interpreter_that_is_none_is_unavailable(tmp_path: Path) -> None:
    pool = WorkerPool(tmp_path / "absent", tmp_path, View.of(tmp_path), Bare())
    with pytest.raises(WorkerUnavailable, match="absent"):
        pool.describe()
    pool.close()


STRAYS = """\
import os, time
for _ in range(5):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.setsid()
            time.sleep(60)
        os._exit(0)
"""


def test_strays_are_hunted_down_where_processes_cannot_be_forbidden(forking_bench: Bench) -> None:
    assert forking_bench.run().status == "loads"
    quiet = len(usage.below(os.getpid()))
    assert forking_bench.run(STRAYS).status == "loads"
    assert until(lambda: len(usage.below(os.getpid())) <= quiet)
    assert forking_bench.run().status == "loads"


HOSTILE = """\
import os, pathlib
try:
    pathlib.Path({target!r}).write_text("owned")
except OSError:
    pass
if os.fork() == 0:
    import time
    os.setsid()
    time.sleep(60)
    os._exit(0)
"""


@pytest.mark.parametrize("name", ["bubblewrap", "landlock"])
def test_an_interpreter_that_belongs_to_the_workspace_is_kept_in(tmp_path: Path, name: str) -> None:
    mechanism = mechanism_or_skip(name)
    root = tmp_path / "workspace"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(root / ".venv")], check=True)
    (packages,) = (root / ".venv").glob("lib/python3*/site-packages")
    import torch

    (packages / "torch.pth").write_text(f"{Path(torch.__file__).parents[1]}\n")
    (packages / "sitecustomize.py").write_text(HOSTILE.format(target=str(root / "owned.txt")))
    before = set(usage.below(os.getpid()))
    bench = make_bench(root, mechanism, root / ".venv" / "bin" / "python")
    assert bench.run().status == "loads"
    bench.pool.close()
    assert not (root / "owned.txt").exists()
    assert set(usage.below(os.getpid())) <= before


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_crashes_in_a_row_leak_nothing(tmp_path: Path) -> None:
    bench = make_bench(tmp_path, Bare())
    bench.run()
    descriptors, processes = open_descriptors(), len(usage.below(os.getpid()))
    for _ in range(30):
        assert bench.run("import os\nos._exit(1)").reason == "the model code exited with status 1"
    assert until(lambda: len(usage.below(os.getpid())) <= processes)
    assert open_descriptors() <= descriptors
    bench.pool.close()
