"""`check` from the shell: verdicts equal to torch's, exit codes, and a clear word for bad input."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import CKPT_LSP, Command, raised

PYTHON = ("--python", sys.executable)
SITE = b"import torch\ntorch.nn.Linear(1, 1).load_state_dict(torch.load('gone.pth'))\n"
BROKEN = ("module_prefix", "head_removed", "head_resized", "nested_dict")


def sites(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(done.stdout)["sites"]
    return found


@pytest.mark.parametrize("project", ["classifier", "patches"])
@pytest.mark.parametrize("variant", BROKEN)
def test_says_what_torch_raises(
    ckpt_lsp: Command, make: Callable[[str, str], Path], project: str, variant: str
) -> None:
    script = make(project, variant)
    done = ckpt_lsp("check", "--output-format", "json", *PYTHON, script)
    (site,) = sites(done)
    assert site["status"] == "raises", site
    assert (site["raises"]["type"], site["raises"]["message"]) == raised(script)
    assert [finding["severity"] for finding in site["findings"]].count("error") >= 1
    assert done.returncode == 1


def test_an_intact_checkpoint(ckpt_lsp: Command, make: Callable[[str, str], Path]) -> None:
    script = make("patches", "intact")
    done = ckpt_lsp("check", "--output-format", "json", *PYTHON, "intact")
    (site,) = sites(done)
    assert (done.returncode, site["status"], site["findings"]) == (0, "loads", [])
    assert (site["path"], site["checkpoint"]) == ("intact/evaluate.py", "intact/vit.pth")
    assert site["model"].endswith("vit.ViT")
    assert raised(script) is None


def test_exit_codes(ckpt_lsp: Command, make: Callable[[str, str], Path]) -> None:
    script = make("classifier", "head_removed")
    assert ckpt_lsp("check", *PYTHON, script).returncode == 1
    assert ckpt_lsp("check", *PYTHON, "--exit-zero", script).returncode == 0
    (script.parent / "pyproject.toml").write_text('[tool.ckpt-lsp]\nseverity = {missing-keys = "hint"}\n')
    assert ckpt_lsp("check", *PYTHON, script).returncode == 0
    assert ckpt_lsp("check", *PYTHON, "--fail-on", "hint", script).returncode == 1


def test_text_points_at_the_call(ckpt_lsp: Command, make: Callable[[str, str], Path]) -> None:
    make("classifier", "module_prefix")
    done = ckpt_lsp("check", *PYTHON, "module_prefix")
    assert "module_prefix/predict.py:8:5: error[missing-keys]: " in done.stdout
    assert '8 |     model.load_state_dict(torch.load("resnet.pth", map_location="cpu"))\n' in done.stdout
    assert "\x1b" not in done.stdout
    assert done.stdout.endswith("1 load site: 1 raises\n")


# Input that is not as it should be


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {
        "empty.py": b"",
        "nothing.py": b"x = 1\n",
        "broken.py": b"def f(:\n    m.load_state_dict(sd)\n",
        "latin.py": b"# caf\xe9\nm.load_state_dict(sd)\n",
        "nul.py": b"m.load_state_dict(sd)\0\n",
        "deep.py": b"m.load_state_dict(" + b"(" * 5000 + b")" * 5000 + b")\n",
        "site.py": SITE,
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("broken.py", "syntax error"),
        ("latin.py", "not utf-8"),
        ("nul.py", "null bytes"),
        ("deep.py", "nested"),
    ],
)
def test_a_file_that_cannot_be_checked(ckpt_lsp: Command, folder: Path, name: str, says: str) -> None:
    named = ckpt_lsp("check", *PYTHON, name)
    assert says in named.stdout
    assert named.stdout.startswith(name)
    assert named.returncode == 2
    (problem,) = json.loads(ckpt_lsp("check", *PYTHON, "--output-format", "json", name).stdout)["problems"]
    assert says in problem["message"]


def test_a_folder_with_such_files_is_checked_all_the_same(ckpt_lsp: Command, folder: Path) -> None:
    done = ckpt_lsp("check", *PYTHON, ".")
    assert all(f"{name}.py" in done.stdout for name in ("broken", "latin", "nul", "deep"))
    assert "site.py:2:1: " in done.stdout
    assert done.returncode == 0


def test_a_file_of_twenty_thousand_lines(ckpt_lsp: Command, tmp_path: Path) -> None:
    (tmp_path / "long.py").write_bytes(b"x = 1\n" * 20_000 + SITE)
    done = ckpt_lsp("check", *PYTHON, "long.py")
    assert "long.py:20002:1: " in done.stdout
    assert done.returncode == 0


@pytest.mark.parametrize("name", ["empty.py", "nothing.py"])
def test_nothing_to_check(ckpt_lsp: Command, folder: Path, name: str) -> None:
    done = ckpt_lsp("check", name)
    assert (done.returncode, done.stdout, done.stderr) == (0, "No load sites found.\n", "")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["check"], "Missing argument"),
        (["check", "gone.py"], "'gone.py' does not exist"),
        (["check", "--python", "gone", "site.py"], "--python: "),
        (["check", "--sandbox", "maybe", "site.py"], "is not one of"),
        (["frobnicate"], "No such command"),
    ],
)
def test_bad_arguments(ckpt_lsp: Command, folder: Path, arguments: list[str], says: str) -> None:
    done = ckpt_lsp(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr


def test_a_bad_setting(ckpt_lsp: Command, folder: Path) -> None:
    (folder / "pyproject.toml").write_text('[tool.ckpt-lsp]\nsandbox = "off"\n')
    done = ckpt_lsp("check", "site.py")
    assert (done.returncode, done.stdout) == (2, "")
    assert "pyproject.toml: [tool.ckpt-lsp] sandbox: a project cannot switch off" in done.stderr


def test_an_interpreter_without_torch(ckpt_lsp: Command, folder: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / ".venv"], check=True, timeout=60)
    (folder / "pyproject.toml").write_text("")
    for command in (["check", "site.py"], ["doctor"]):
        done = ckpt_lsp(*command)
        assert done.returncode == 2
        told = done.stdout + done.stderr
        assert f"{folder / '.venv/bin/python'} has no torch; install it there" in told


# What is not needed is not loaded


@pytest.mark.parametrize("arguments", [["--version"], ["check", "."]])
def test_lazy(folder: Path, arguments: list[str]) -> None:
    """No parser, no server, no worker, no colours where there is nothing to do."""
    for name in ("broken.py", "latin.py", "nul.py", "deep.py", "site.py"):
        (folder / name).unlink()
    command = [sys.executable, "-X", "importtime", CKPT_LSP, *arguments]
    environment = {**os.environ, "COLUMNS": "80"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)
    imported = {line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines()}
    assert done.returncode == 0
    assert "ckpt_lsp.cli.app" in imported
    heavy = {"torch", "libcst", "pygls", "lsprotocol", "asyncio", "ckpt_lsp.engine", "ckpt_lsp.sandbox"}
    assert not imported & heavy
