"""A sample of the other rooms' tests with CKPT_LSP_FORK=0: verdicts, questions after the run, the server's end.

`CKPT_LSP_FORK=0 make test` runs all of them that way; each dry run then waits for an import of torch.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from differential.bench import Bench
from differential.test_cases import CASES

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is ever forked")

TESTS = Path(__file__).parents[1]
SERVER = (
    "test_actions.py::test_offered_on_the_call_and_nowhere_else",
    "test_life.py::test_shutdown_leaves_no_process",
    "test_life.py::test_sudden_end_leaves_no_process[during a dry run-9]",
)
NAMES = ("alias_of_the_inner_dict", "argparse_defaults")


def test_verdicts_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CKPT_LSP_FORK", "0")
    sample = [case for case in CASES if case.name in NAMES]
    assert len(sample) == len(NAMES)
    bench = Bench(tmp_path)
    try:
        kinds = {name: [o.kind for o in found] for name, found in bench.outcomes(sample).items()}
    finally:
        bench.close()
    assert {kind for found in kinds.values() for kind in found} == {"agrees"}, kinds


@pytest.mark.parametrize("name", SERVER, ids=lambda name: name.partition("::")[2])
def test_the_server_is_the_same(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", f"{TESTS}/server/{name}"],
        env={**os.environ, "CKPT_LSP_FORK": "0"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-3000:]
