"""Which load sites a change concerns."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ckpt_lsp.project.affected import affected

LOAD = "net.load_state_dict(torch.load('net.pth'))\n"

FILES = {
    "pkg/__init__.py": "",
    "pkg/net.py": "from .parts import block\n",
    "pkg/parts/__init__.py": "",
    "pkg/parts/block.py": "",
    "pkg/unused.py": "",
    "train.py": f"import pkg.net\n{LOAD}",
    "loading.py": f"def load(net, path):\n    {LOAD}",
    "tools/run.py": "import sys\nfrom loading import (  # it loads\n    load,\n)\nload(None, 'net.pth')\n",
    "notebook.ipynb": json.dumps(
        {"cells": [{"cell_type": "code", "source": ["from loading import load\n", "net.load_state_dict(x)"]}]}
    ),
    "configured.py": f"import yaml\nyaml.safe_load(open('configs/big.yaml'))\n{LOAD}",
    "configs/big.yaml": "base: small.yaml\n",
    "configs/small.yaml": "x: 1\n",
    "configs/unrelated.yaml": "x: 1\n",
    "broken.py": "from loading import\ndef f(:\n",
    "lonely.py": "x = 1\n",
}

ALL = ["configured.py", "loading.py", "notebook.ipynb", "train.py"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ("train.py", ["train.py"]),
        ("pkg/net.py", ["train.py"]),
        ("pkg/parts/block.py", ["train.py"]),
        ("pkg/__init__.py", ["train.py"]),
        ("pkg/parts/__init__.py", ["train.py"]),
        ("tools/run.py", ["loading.py"]),
        ("loading.py", ["loading.py", "notebook.ipynb"]),
        ("notebook.ipynb", ["loading.py", "notebook.ipynb"]),
        ("broken.py", ["loading.py"]),
        ("configs/big.yaml", ["configured.py"]),
        ("configs/small.yaml", ["configured.py"]),
        ("configs/unrelated.yaml", []),
        ("pkg/unused.py", []),
        ("lonely.py", []),
    ],
)
def test_by_imports_and_names(project: Path, changed: str, expected: list[str]) -> None:
    assert _affected(project, changed) == expected


@pytest.mark.parametrize("name", ["net.pth", "ckpt-lsp.lock"])
def test_a_checkpoint_concerns_all(project: Path, name: str) -> None:
    (project / name).touch()
    assert _affected(project, name) == ALL


@pytest.mark.parametrize(("text", "expected"), [("[tool.ruff]", []), ("[tool.ckpt-lsp]", ALL)])
def test_settings_concern_all(project: Path, text: str, expected: list[str]) -> None:
    (project / "pyproject.toml").write_text(text)
    assert _affected(project, "pyproject.toml") == expected


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("importlib.import_module('pkg.' + name)", True),
        ("model = eval('Net()')", True),
        ("model.eval()", False),
        ("model = torch.compile(model)", False),
    ],
)
def test_a_program_that_imports_by_name_rests_on_all_code(project: Path, line: str, named: bool) -> None:
    (project / "train.py").write_text(f"{line}\n{LOAD}")
    assert _affected(project, "lonely.py") == (["train.py"] if named else [])


def test_hydra_reads_any_configuration(project: Path) -> None:
    (project / "train.py").write_text(f"import hydra\n{LOAD}")
    assert _affected(project, "configs/unrelated.yaml") == ["train.py"]


def test_a_written_command_names_a_configuration(project: Path) -> None:
    (project / "README.md").write_text("```console\n$ python train.py --config configs/unrelated.yaml\n```\n")
    assert _affected(project, "configs/unrelated.yaml") == ["train.py"]


def test_what_is_excluded_is_not_checked_but_still_imported(project: Path) -> None:
    assert _affected(project, "pkg/net.py", "pkg") == ["train.py"]
    assert _affected(project, "train.py", "train.py") == []


def _affected(project: Path, changed: str, *exclude: str) -> list[str]:
    return [path.relative_to(project).as_posix() for path in affected(project, [project / changed], exclude)]
