"""A long day in one server: many edits over real LSP, and every so often its worker is killed.

`python benchmarks/soak.py [EDITS] [CRASHES]`, by default 2000 and 200.  Prints what the server holds at ten points on
the way; exits with 1 where a process, a descriptor, a thread or a scratch folder was left, or where memory grew.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(CHECKOUT))

from tests.server.editor import Editor, editing  # noqa: E402
from tests.server.processes import await_gone, descendants  # noqa: E402
from tests.server.project import save_checkpoint, script  # noqa: E402

EDITS, CRASHES = 2000, 200
POINTS = 10
GROWTH = 16
"""MiB that the server may hold more in the last quarter than after the first: its caches are bounded, not empty."""
SLOW = "__import__('time').sleep(5)"
QUIET = 0.5
"""Seconds after which the process of the last dry run is gone."""
MOST_THREADS = 20
"""All pools of threads together, when each of them is full."""
KILLED_AFTER = 0.7
"""Seconds into a slow dry run, debouncing included."""


@dataclass(frozen=True)
class Holding:
    """What the server has at one moment, nothing being under way."""

    edits: int
    crashes: int
    resident: int
    """MiB."""
    descriptors: int
    threads: int
    processes: int
    scratch: int
    seconds: float

    def __str__(self) -> str:
        return (
            f"{self.edits:6} {self.crashes:8} {self.resident:9} {self.descriptors:12} {self.threads:8}"
            f" {self.processes:10} {self.scratch:8} {self.seconds:8.0f}"
        )


def main() -> None:
    edits = int(sys.argv[1]) if len(sys.argv) > 1 else EDITS
    crashes = int(sys.argv[2]) if len(sys.argv) > 2 else CRASHES
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve() / "project"
        root.mkdir()
        save_checkpoint(root / "net.pth", prefix="module.")
        (root / "train.py").write_text(script())
        points = asyncio.run(soak(root, edits, crashes))
    complaints = list(judge(points))
    print("\n".join(complaints) or "nothing was left, and memory is flat")
    sys.exit(1 if complaints else 0)


async def soak(root: Path, edits: int, crashes: int) -> list[Holding]:
    """What the server held, from the first point to the last."""
    start, killed, points = time.monotonic(), 0, []
    print(f"{'edits':>6} {'crashes':>8} {'RSS (MiB)':>9} {'descriptors':>12} {'threads':>8} {'processes':>10}", end="")
    print(f" {'scratch':>8} {'seconds':>8}", flush=True)
    async with editing(root) as editor:
        day = Day(editor, root / "train.py")
        await day.begin()
        for number in range(1, edits + 1):
            if number * crashes // edits > killed:
                killed += 1
                await day.crash(number, midway=killed % 2 == 0)
            await day.edit(number)
            if number * POINTS // edits > (number - 1) * POINTS // edits:
                await asyncio.sleep(QUIET)
                points.append(hold(editor.pid, number, killed, time.monotonic() - start))
                print(points[-1], flush=True)
        below = descendants(editor.pid)
    print(f"left after the end: {len(await_gone(below))} processes, {len(scratch_of(editor.pid))} scratch folders")
    return points


class Day:
    """One document that is edited on and on."""

    def __init__(self, editor: Editor, path: Path) -> None:
        self._editor = editor
        self._path = path
        self._uri = ""

    async def begin(self) -> None:
        self._uri = self._editor.open(self._path)
        assert await self._editor.diagnostics(self._uri)

    async def edit(self, number: int) -> None:
        """A new text each time, so that no cache answers; every other one is saved, and so checked at once."""
        self._write(f"self.number = {number}")
        if number % 2:
            self._editor.save(self._uri, self._path)
        assert {shown.code for shown in await self._editor.diagnostics(self._uri)} == {
            "missing-keys",
            "unexpected-keys",
        }
        self._editor.published.clear()

    async def crash(self, number: int, midway: bool) -> None:
        """Kills the worker, while it is idle or `midway` through a dry run."""
        if midway:
            self._write(f"self.number = -{number}\n        {SLOW}")
            await asyncio.sleep(KILLED_AFTER)
        worker = worker_of(self._editor.pid)
        os.kill(worker, signal.SIGKILL)
        if midway:
            await self._editor.diagnostics(self._uri)
        assert not await_gone({worker}), "the worker did not die"

    def _write(self, statement: str) -> None:
        self._editor.replace(self._uri, script(init=f"self.fc = nn.Linear(4, 2)\n        {statement}"))


def worker_of(server: int) -> int:
    """The process that imports torch: the outermost of those that were started on the worker's folder."""
    below = {pid for pid in descendants(server) if _command(pid)[1:3] == [b"-I", b"-B"]}
    (worker,) = {pid for pid in below if _parent(pid) not in below}
    return worker


def _command(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return []


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def hold(pid: int, edits: int, crashes: int, seconds: float) -> Holding:
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return Holding(
        edits,
        crashes,
        resident=int(status["VmRSS"].split()[0]) // 1024,
        descriptors=len(list(Path(f"/proc/{pid}/fd").iterdir())),
        threads=int(status["Threads"]),
        processes=len(descendants(pid)),
        scratch=len(scratch_of(pid)),
        seconds=seconds,
    )


def scratch_of(pid: int) -> list[Path]:
    return list(Path(tempfile.gettempdir()).glob(f"ckpt-lsp-{pid}-*"))


def judge(points: list[Holding]) -> list[str]:
    """What is wrong, a line each.  The first point is after the first tenth: by then all caches are in use."""
    first, last = points[0], points[-1]
    found = []
    for name in ("descriptors", "processes", "scratch"):
        if getattr(last, name) > getattr(first, name):
            found.append(f"{name}: {getattr(first, name)} at the first point, {getattr(last, name)} at the last")
    if last.threads > MOST_THREADS:
        found.append(f"{last.threads} threads at the last point")
    quarter = points[len(points) // 4].resident
    if last.resident > quarter + GROWTH:
        found.append(f"resident memory grew from {quarter} to {last.resident} MiB")
    return found


if __name__ == "__main__":
    main()
