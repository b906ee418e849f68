"""A short day in one server; `benchmarks/soak.py` by itself is a long one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SOAK = Path(__file__).parents[2] / "benchmarks" / "soak.py"
EDITS, CRASHES = 60, 6


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_edits_and_crashes_leave_nothing() -> None:
    command = [sys.executable, str(SOAK), str(EDITS), str(CRASHES)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=400)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    assert "left after the end: 0 processes, 0 scratch folders" in done.stdout
