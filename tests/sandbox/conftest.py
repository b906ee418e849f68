"""A workspace, a real pool before it, and jobs."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ckpt_lsp.sandbox import Confinement, Run, Unavailable, View, WorkerPool, choose
from ckpt_lsp.sandbox.bare import Bare
from ckpt_lsp.worker.protocol import DryRunJob, DryRunResult, Limits, Place

torch = pytest.importorskip("torch")

LIMITS = Limits(wall_seconds=2, cpu_seconds=2, memory_bytes=400 << 20)
LOAD = """\
import torch
from torch import nn
model = nn.Linear(2, 3)
model.load_state_dict(torch.load("weights.pth"))
"""


@dataclass(frozen=True)
class Bench:
    """One workspace and the pool that works on it."""

    root: Path
    pool: WorkerPool

    def job(self, before: str = "", limits: Limits = LIMITS) -> DryRunJob:
        """Runs `before`, then loads a state dict that fits."""
        source = before + "\n" + LOAD
        lines = source.splitlines()
        path = str(self.root / "script.py")
        return DryRunJob(
            path=path,
            source=source,
            site=Place(path, len(lines), 1, len(lines), len(lines[-1]) + 1),
            cwd=str(self.root),
            argv=[],
            sys_path=[str(self.root)],
            root=str(self.root),
            limits=limits,
        )

    def run(self, before: str = "", limits: Limits = LIMITS) -> DryRunResult:
        with self.pool.dry_run(self.job(before, limits)) as run:
            return run.result

    @contextlib.contextmanager
    def held(self, before: str = "", cancelled: Callable[[], bool] = lambda: False) -> Iterator[Run]:
        with self.pool.dry_run(self.job(before), cancelled) as run:
            yield run


def make_bench(root: Path, mechanism: Confinement, python: Path | None = None) -> Bench:
    torch.save(torch.nn.Linear(2, 3).state_dict(), root / "weights.pth")
    return Bench(root, WorkerPool(python or Path(sys.executable), root, View.of(root), mechanism))


def mechanism_or_skip(name: str) -> Confinement:
    found = choose(name)
    if isinstance(found, Unavailable):
        pytest.skip(found.reason)
    return found


@pytest.fixture(scope="module", params=["bubblewrap", "landlock", "off"])
def bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """Shared by a module's tests: whatever one does to its dry run, the next one gets its answer."""
    made = make_bench(tmp_path_factory.mktemp("workspace"), mechanism_or_skip(request.param))
    yield made
    made.pool.close()


class Forking(Bare):
    """As on a machine without a system call filter: dry runs can start processes, and must not get away."""

    forbids_processes = False


@pytest.fixture
def forking_bench(tmp_path: Path) -> Iterator[Bench]:
    made = make_bench(tmp_path, Forking())
    yield made
    made.pool.close()


def with_limits(limits: Limits, **changes: float) -> Limits:
    return replace(limits, **changes)
