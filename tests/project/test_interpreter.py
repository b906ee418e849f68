"""The order of DESIGN, on real folders; nothing is started."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ckpt_lsp.project.interpreter import InterpreterNotFound, find_interpreter


def environment(folder: Path) -> Path:
    """An environment whose interpreter would tell if it were started."""
    python = folder / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\ntouch {folder}/started\n")
    python.chmod(0o755)
    return python


def test_the_order(tmp_path: Path) -> None:
    root = tmp_path / "project"
    conda, active = environment(tmp_path / "conda"), environment(tmp_path / "active")
    venv, dotted = environment(root / "venv"), environment(root / ".venv")
    variables = {"VIRTUAL_ENV": str(tmp_path / "active"), "CONDA_PREFIX": str(tmp_path / "conda")}
    chosen = environment(tmp_path / "chosen")

    found = [find_interpreter(root, chosen, "--python", variables)]
    for gone in (None, dotted, venv, active, conda):
        if gone:
            gone.unlink()
        found.append(find_interpreter(root, None, "--python", variables))

    assert [(i.path, i.source) for i in found] == [
        (chosen, "--python"),
        (dotted, ".venv of the workspace"),
        (venv, "venv of the workspace"),
        (active, "VIRTUAL_ENV"),
        (conda, "CONDA_PREFIX"),
        (Path(sys.executable), "the Python that ckpt-lsp runs on"),
    ]
    assert not list(tmp_path.rglob("started"))


def test_the_folder_of_an_environment_will_do(tmp_path: Path) -> None:
    python = environment(tmp_path / "env")
    assert find_interpreter(tmp_path, tmp_path / "env", "--python", {}).path == python


@pytest.mark.parametrize(
    ("name", "says"), [("gone", "does not exist"), ("text", "is not executable"), ("folder", "there is no Python in")]
)
def test_what_is_chosen_must_be_there(tmp_path: Path, name: str, says: str) -> None:
    (tmp_path / "text").write_text("x")
    (tmp_path / "folder").mkdir()
    with pytest.raises(InterpreterNotFound, match=says) as raised:
        find_interpreter(tmp_path, tmp_path / name, "editor setting ckptLsp.python", {})
    assert str(raised.value).startswith("editor setting ckptLsp.python: ")


def test_the_environment_made_for_ckpt_lsp_is_not_the_users(tmp_path: Path) -> None:
    conda = environment(tmp_path / "conda")
    variables = {"VIRTUAL_ENV": sys.prefix, "CONDA_PREFIX": str(tmp_path / "conda")}
    assert find_interpreter(tmp_path, None, "--python", variables).path == conda
