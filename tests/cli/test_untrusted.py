"""`check --untrusted`: what constants and file headers say is what torch does; nothing of the project is started."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from .conftest import Command, raised

HEAD = "import torch\nfrom torch import nn\nmodel = nn.Linear(2, 3)\n"
LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32\nsize 12345\n"


class Runs:
    """Executes a command where it is unpickled."""

    def __reduce__(self) -> Any:
        return os.system, ("true",)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "weights").mkdir(parents=True)
    (root / ".git").mkdir()
    state = nn_linear()
    torch.save(state, root / "good.pth")
    torch.save({"model": state, "args": argparse.Namespace(lr=1)}, root / "weights/full.pth")
    torch.save(Runs(), root / "evil.pth")
    (root / "weights/lfs.pth").write_text(LFS)
    (root / "page.pth").write_text("<!DOCTYPE html><html></html>")
    (root / "half.pth").write_bytes((root / "good.pth").read_bytes()[:500])
    (root / "outside.pth").symlink_to(tmp_path / "secret.pth")
    (tmp_path / "secret.pth").write_text(LFS)
    return root


def nn_linear() -> dict[str, torch.Tensor]:
    return dict(torch.nn.Linear(2, 3).state_dict())


def check(ckpt_lsp: Command, root: Path, load: str, before: str = "") -> dict[str, Any]:
    script = root / "train.py"
    script.write_text(f"{before}{HEAD}model.load_state_dict({load})\n")
    done = ckpt_lsp("check", "--untrusted", "--python", sys.executable, "--output-format", "json", script)
    (site,) = json.loads(done.stdout)["sites"]
    assert site["status"] == "unresolved"
    return dict(site)


@pytest.mark.parametrize(
    ("load", "rule"),
    [
        ('torch.load("weights/lfs.pth")', "not-a-checkpoint"),
        ('torch.load("page.pth")', "not-a-checkpoint"),
        ('torch.load("half.pth")', "not-a-checkpoint"),
        ('torch.load("weights/full.pth")["model"]', "weights-only-rejects"),
        ('torch.load("weights/full.pth", weights_only=True)["model"]', "weights-only-rejects"),
        ('torch.load("gone.pth")', "checkpoint-not-found"),
    ],
)
def test_what_is_found_is_what_torch_raises(ckpt_lsp: Command, folder: Path, load: str, rule: str) -> None:
    site = check(ckpt_lsp, folder, load)
    assert [finding["rule"] for finding in site["findings"]] == [rule]
    assert all(not finding["fixes"] for finding in site["findings"])
    assert raised(folder / "train.py") is not None


@pytest.mark.parametrize(
    "load",
    [
        'torch.load("good.pth")',
        'torch.load("weights/full.pth", weights_only=False)["model"]',
        'torch.load("outside.pth")',
        'torch.load(input() or "gone.pth")',
        'torch.load("weights")',
    ],
)
def test_nothing_else_is_claimed(ckpt_lsp: Command, folder: Path, load: str) -> None:
    site = check(ckpt_lsp, folder, load)
    assert site["findings"] == []
    assert site["reason"] == "the workspace is not trusted, so nothing of it is executed"


def test_a_program_that_allows_more_is_not_accused(ckpt_lsp: Command, folder: Path) -> None:
    allow = "import argparse\nimport torch\ntorch.serialization.add_safe_globals([argparse.Namespace])\n"
    assert check(ckpt_lsp, folder, 'torch.load("weights/full.pth")["model"]', allow)["findings"] == []
    assert raised(folder / "train.py") is None


def test_a_file_that_runs_code_is_named(ckpt_lsp: Command, folder: Path) -> None:
    site = check(ckpt_lsp, folder, 'torch.load("evil.pth", weights_only=False)')
    assert [finding["rule"] for finding in site["findings"]] == ["executes-code"]


def test_the_interpreter_of_the_workspace_is_never_started(ckpt_lsp: Command, folder: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / ".venv")], check=True)
    (packages,) = (folder / ".venv").glob("lib/python3*/site-packages")
    (packages / "sitecustomize.py").write_text(f"open({str(folder / 'started')!r}, 'w').close()\n")
    subprocess.run([str(folder / ".venv/bin/python"), "-c", ""], check=True)
    (folder / "started").unlink()
    (folder / "train.py").write_text(f'{HEAD}model.load_state_dict(torch.load("page.pth"))\n')
    done = ckpt_lsp("check", "--untrusted", folder)
    assert done.returncode == 1
    assert "not-a-checkpoint" in done.stdout
    assert not (folder / "started").exists()
