"""Real Neovim, headless, with the configuration of `editors/neovim`: diagnostic, fix, file written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

REPOSITORY = Path(__file__).parents[2]
SERVER = [str(Path(sys.executable).with_name("ckpt-lsp")), "serve"]

SCRIPT = """\
import torch
from torch import nn

net = nn.Sequential(nn.Linear(4, 2))
漢 = '𝄞 é'; net.load_state_dict(torch.load("net.pth"))
print(net[0].weight.tolist())
"""
WEIGHT = torch.arange(8.0).reshape(2, 4)
CALL = SCRIPT.splitlines()[4].partition("; ")[2]


@pytest.fixture(scope="module")
def nvim() -> str:
    """The Neovim to test with; where none can be had, a skip, which in CI is a failure."""
    found = subprocess.run([REPOSITORY / "tools/get_neovim.sh"], capture_output=True, text=True, timeout=600)
    if found.returncode:
        reason = found.stderr.strip()
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    return found.stdout.strip()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / ".git").mkdir(parents=True)
    torch.save({"module.0.weight": WEIGHT, "module.0.bias": torch.zeros(2)}, root / "net.pth")
    (root / "train.py").write_text(SCRIPT, encoding="utf-8")
    return root


def session(nvim: str, project: Path) -> dict[str, Any]:
    """One session on `train.py`; no other configuration than ours."""
    home = {f"XDG_{kind}_HOME": str(project.parent / kind) for kind in ("CONFIG", "DATA", "STATE", "CACHE")}
    ours = {"CKPT_LSP_REPOSITORY": str(REPOSITORY), "CKPT_LSP_SERVER": json.dumps(SERVER)}
    subprocess.run(
        [nvim, "--headless", "-n", "-i", "NONE", "-u", REPOSITORY / "tests/editors/neovim.lua", "train.py"],
        cwd=project,
        env={**os.environ, **home, **ours},
        timeout=300,
        check=True,
    )
    report: dict[str, Any] = json.loads((project / "report.json").read_text(encoding="utf-8"))
    return report


def run(project: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-X", "utf8", "train.py"]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=120)


def test_diagnostic_then_fix_then_file_runs(nvim: str, project: Path) -> None:
    before = run(project)
    assert "Missing key(s)" in before.stderr

    report = session(nvim, project)
    assert "error" not in report, report["error"]
    assert report["attached"] and report["diagnosed"] and report["changed"] and report["cleared"], report
    assert report["root"] == str(project)
    line = SCRIPT.splitlines()[4].encode()
    for shown in report["before"]:
        assert shown["lnum"] == 4
        assert line[shown["col"] : shown["end_col"]].decode() == CALL
    assert {shown["rule"] for shown in report["before"]} == {"missing-keys", "unexpected-keys"}
    assert {shown["source"] for shown in report["before"]} == {"ckpt-lsp"}

    assert (project / "train.py").read_text(encoding="utf-8") != SCRIPT
    after = run(project)
    assert (after.returncode, after.stdout) == (0, f"{WEIGHT.tolist()}\n"), after.stderr
