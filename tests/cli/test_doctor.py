"""`doctor`, on this machine as it is."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch

from ckpt_lsp import __version__
from ckpt_lsp.sandbox import Confinement, choose

from .conftest import Command


def test_names_everything_a_check_would_use(ckpt_lsp: Command, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    done = ckpt_lsp("doctor", "--python", sys.executable)
    told = dict(line.split(maxsplit=1) for line in done.stdout.splitlines() if not line.startswith(" "))
    assert done.returncode == 0, done.stdout
    assert told["ckpt-lsp"].startswith(__version__)
    assert told["workspace"] == str(tmp_path)
    assert told["interpreter"] == f"{sys.executable} (--python)"
    assert told["torch"].startswith(torch.__version__)
    assert str(tmp_path) in done.stdout.split("readable", 1)[1]


@pytest.mark.parametrize("name", ["bubblewrap", "landlock"])
def test_uses_the_mechanism_that_is_asked_for(ckpt_lsp: Command, tmp_path: Path, name: str) -> None:
    if not isinstance(choose(name), Confinement):
        pytest.skip(f"{name} does not work here")
    done = ckpt_lsp("doctor", "--python", sys.executable, "--sandbox", name)
    assert done.returncode == 0, done.stdout
    assert f"\nsandbox      {name}: " in done.stdout
    assert "seatbelt: not available" in done.stdout


def test_says_when_code_is_not_confined(ckpt_lsp: Command) -> None:
    done = ckpt_lsp("doctor", "--python", sys.executable, "--sandbox", "off")
    assert "\nsandbox      off: code of the workspace runs with your own rights\n" in done.stdout


def test_says_which_folders_are_not_shown_and_how_dry_runs_start(
    ckpt_lsp: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.ckpt-lsp]\ncheckpoint-roots = ["~/.ssh", "gone"]\n')
    monkeypatch.setenv("CKPT_LSP_FORK", "0")
    done = ckpt_lsp("doctor", "--python", sys.executable)
    left_out = done.stdout.split("left out", 1)[1]
    assert f"{Path.home() / '.ssh'}: would show keys and tokens" in left_out
    assert f"{tmp_path / 'gone'}: does not exist; correct checkpoint-roots" in left_out
    assert "dry runs     work, each in a process that is started ahead" in done.stdout
