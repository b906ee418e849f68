"""What confinement adds to a warm dry run: the same job under each mechanism and under none, interleaved; and what
a process that was started ahead costs against a forked one.

`python benchmarks/sandbox.py [REPEATS]`.  Exits with 1 where a mechanism costs more than a tenth.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch

from ckpt_lsp.sandbox import Confinement, View, WorkerPool, choose, usage
from ckpt_lsp.worker.protocol import DryRunJob, Place

sys.path.insert(0, str(Path(__file__).parent / "resnet50"))
from resnet50 import ResNet

REPEATS = 40
STANDBY_REPEATS = 6
REST = 4.0
"""Seconds in which a new process has imported torch."""
MOST = 0.10
"""How much more than without a sandbox a warm dry run may take."""


def main() -> None:
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else REPEATS
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        root = Path(folder).resolve()
        job = make_job(root)
        sides = {name: stack.enter_context(warm(root, job, name)) for name in mechanisms()}
        before = {name: side.processor_seconds() for name, side in sides.items()}
        times = measured(sides, job, repeats)
        spent = {name: (side.processor_seconds() - before[name]) / repeats for name, side in sides.items()}
        print(f"A warm dry run of ResNet-50, {repeats} interleaved runs each: median, least, processor time")
        for name, values in times.items():
            figures = (statistics.median(values), min(values), spent[name])
            print(f"  {name:11}" + "".join(f" {seconds * 1000:8.1f} ms" for seconds in figures))
        exceeded = list(compare(times, spent))
        tell_standby(root, job)
    sys.exit(1 if exceeded else 0)


def compare(times: dict[str, list[float]], spent: dict[str, float]) -> Iterator[str]:
    """Prints the ratios; yields the mechanisms that cost too much, by the time that a busy machine cannot stretch."""
    for name, values in times.items():
        if name != "off":
            median = statistics.median(values) / statistics.median(times["off"])
            processor = spent[name] / spent["off"]
            print(f"  {name} / off: {median:.3f}, least {min(values) / min(times['off']):.3f}", end="")
            print(f", processor time {processor:.3f}")
            if min(median, processor) > 1 + MOST:
                yield name


@dataclass(frozen=True)
class Side:
    """A warm pool, and the processes that were there when it was warm."""

    pool: WorkerPool
    processes: frozenset[int]

    def processor_seconds(self) -> float:
        """Theirs, and that of all which they have started and buried."""
        ticks = 0
        for pid in self.processes:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))
        return ticks / os.sysconf("SC_CLK_TCK")


def tell_standby(root: Path, job: DryRunJob) -> None:
    """One process ahead is enough where edits come one by one; in a row each waits for an import of torch."""
    os.environ["CKPT_LSP_FORK"] = "0"
    with warm(root, job, "off") as side:
        rested, at_once = [], []
        for _ in range(STANDBY_REPEATS):
            time.sleep(REST)
            rested.append(timed(side.pool, job))
        for _ in range(STANDBY_REPEATS):
            at_once.append(timed(side.pool, job))
    print("Without fork, processes started ahead: median")
    print(f"  {statistics.median(rested) * 1000:7.1f} ms  where one is ready")
    print(f"  {statistics.median(at_once) * 1000:7.1f} ms  in a row, each with an import of torch")


def make_job(root: Path) -> DryRunJob:
    torch.save(ResNet().state_dict(), root / "resnet50.pth")
    (root / "resnet50.py").write_text((Path(__file__).parent / "resnet50" / "resnet50.py").read_text())
    lines = ["import torch", "from resnet50 import ResNet", "model = ResNet()"]
    lines.append('model.load_state_dict(torch.load("resnet50.pth"))')
    path = str(root / "predict.py")
    return DryRunJob(
        path=path,
        source="\n".join(lines) + "\n",
        site=Place(path, len(lines), 1, len(lines), len(lines[-1]) + 1),
        cwd=str(root),
        argv=[],
        sys_path=[str(root)],
        root=str(root),
    )


def mechanisms() -> list[str]:
    return ["off", *(name for name in ("bubblewrap", "landlock") if isinstance(choose(name), Confinement))]


@contextmanager
def warm(root: Path, job: DryRunJob, name: str) -> Iterator[Side]:
    mechanism, others = choose(name), set(usage.below(os.getpid()))
    assert isinstance(mechanism, Confinement), mechanism
    pool = WorkerPool(Path(sys.executable), root, View.of(root), mechanism)
    try:
        timed(pool, job)
        time.sleep(0.5)  # until the process of that run is gone
        yield Side(pool, frozenset(set(usage.below(os.getpid())) - others))
    finally:
        pool.close()


def measured(sides: dict[str, Side], job: DryRunJob, repeats: int) -> dict[str, list[float]]:
    """The order turns from round to round, so that no side always follows the same one."""
    times: dict[str, list[float]] = {name: [] for name in sides}
    names = list(sides)
    for number in range(repeats):
        for name in (*names[number % len(names) :], *names[: number % len(names)]):
            times[name].append(timed(sides[name].pool, job))
    return times


def timed(pool: WorkerPool, job: DryRunJob) -> float:
    start = time.perf_counter()
    with pool.dry_run(job) as run:
        seconds = time.perf_counter() - start
        assert run.result.status == "loads", run.result
    return seconds


if __name__ == "__main__":
    main()
