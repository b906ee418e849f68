"""A clone without the weights: the lock speaks for them, and nothing is executed where no load site is concerned."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from .conftest import Repository, make_classifier, use
from .test_precommit import REMAPPED

CKPT_LSP = Path(sys.executable).with_name("ckpt-lsp")


@pytest.fixture
def started(tmp_path: Path) -> Path:
    """Is there once the interpreter of `marking` has been started."""
    return tmp_path / "started"


@pytest.fixture
def marking(tmp_path: Path, started: Path) -> Path:
    """An interpreter with torch that leaves a mark whenever it is started, before it can import anything."""
    folder = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True, timeout=60)
    (packages,) = folder.glob("lib/python3*/site-packages")
    mark = f"import pathlib; pathlib.Path({str(started)!r}).touch()"
    (packages / "marking.pth").write_text(f"{sysconfig.get_path('purelib')}\n{mark}\n")
    return folder / "bin" / "python"


@pytest.fixture
def clone(tmp_path: Path, environment: dict[str, str], hook: Repository, marking: Path) -> Repository:
    """Of a repository whose weights are ignored by git and recorded in its lock.  Only without a sandbox can the
    interpreter leave its mark."""
    origin = tmp_path / "origin"
    make_classifier(origin)
    (origin / ".gitignore").write_text("*.pth\n__pycache__/\n")
    use(hook, origin, "--sandbox", "off", "--python", str(marking))
    repository = Repository(origin, environment)
    repository.run(str(CKPT_LSP), "lock", "--python", sys.executable)
    assert repository.commit("Add the classifier").returncode == 0
    repository.run("git", "clone", "-q", str(origin), str(tmp_path / "clone"))
    found = Repository(tmp_path / "clone", environment)
    found.run("pre-commit", "install")
    return found


def test_a_commit_that_breaks_a_checkpoint_that_is_not_there_is_stopped(clone: Repository, started: Path) -> None:
    assert not [*clone.folder.rglob("*.pth")]

    (clone.folder / "notes.py").write_text("x = 1\n")
    (clone.folder / "README.md").write_text("Notes\n")
    harmless = clone.commit("Add notes")
    assert harmless.returncode == 0, harmless.stdout
    assert "Passed" in harmless.stdout
    assert not started.exists()

    clone.edit("resnet.py", "self.fc", "self.head")
    broken = clone.commit("Rename the head")
    assert broken.returncode != 0
    assert started.exists()
    assert "predict.py:8:5: error[missing-keys]" in broken.stdout, broken.stdout
    assert "head.{weight, bias}" in broken.stdout
    assert "resnet.pth is not here: judged by its record in ckpt-lsp.lock" in broken.stdout
    assert clone.commits() == ["Add notes", "Add the classifier"]

    clone.edit("predict.py", '    model.load_state_dict(torch.load("resnet.pth", map_location="cpu"))\n', REMAPPED)
    fixed = clone.commit("Rename the head, and the keys of old checkpoints")
    assert fixed.returncode == 0, fixed.stdout
