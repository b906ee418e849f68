"""The real pre-commit, the shipped hook, a real git repository.

The hook's repository is this checkout as it stands, committed to a temporary place: pre-commit installs from
commits only.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
SHIPPED = ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml", "ckpt_lsp")

REMAPPED = """\
    state = torch.load("resnet.pth", map_location="cpu")
    state = {key.replace("fc.", "head."): value for key, value in state.items()}
    model.load_state_dict(state)
"""


class Repository:
    """A git repository on disk, with the identity and environment of its own."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self._environment = environment
        self.run("git", "init", "-q", "-b", "main")

    def run(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self._environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=300,
        )
        assert not check or done.returncode == 0, done.stdout
        return done

    def commit(self, message: str) -> subprocess.CompletedProcess[str]:
        self.run("git", "add", "-A")
        return self.run("git", "commit", "-m", message, check=False)

    def commits(self) -> list[str]:
        return self.run("git", "log", "--format=%s", check=False).stdout.split("\n")[:-1]

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.folder / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Without the settings of whoever runs the tests, so that nothing of theirs decides."""
    (tmp_path / "gitconfig").write_text("[user]\nname = Test\nemail = test@example.org\n")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"
    own = {"GIT_CONFIG_GLOBAL": str(tmp_path / "gitconfig"), "PRE_COMMIT_HOME": str(tmp_path / "hooks"), "PATH": path}
    return {**kept, **own}


@pytest.fixture
def hook(tmp_path: Path, environment: dict[str, str]) -> Repository:
    folder = tmp_path / "ckpt-lsp"
    folder.mkdir()
    for name in SHIPPED:
        source = CHECKOUT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder)
    repository = Repository(folder, environment)
    assert repository.commit("Shipped").returncode == 0
    return repository


@pytest.fixture
def project(tmp_path: Path, environment: dict[str, str], hook: Repository) -> Repository:
    """The classifier and its checkpoint, with the hook installed."""
    folder = tmp_path / "project"
    subprocess.run(
        [sys.executable, CHECKOUT / "fixtures/checkpoints.py", "classifier", folder], check=True, timeout=120
    )
    (folder / ".pre-commit-config.yaml").write_text(
        "repos:\n"
        f"- repo: {hook.folder}\n"
        f"  rev: {hook.run('git', 'rev-parse', 'HEAD').stdout.strip()}\n"
        "  hooks:\n"
        "  - id: ckpt-lsp\n"
        f"    args: [--python, {sys.executable}]\n"
    )
    repository = Repository(folder, environment)
    repository.run("pre-commit", "install")
    return repository


def test_a_commit_that_breaks_a_checkpoint_is_stopped_and_the_fixed_one_passes(project: Repository) -> None:
    first = project.commit("Add the classifier")
    assert (first.returncode, project.commits()) == (0, ["Add the classifier"]), first.stdout

    project.edit("resnet.py", "self.fc", "self.head")
    broken = project.commit("Rename the head")
    assert broken.returncode != 0
    assert "predict.py:8:5: error[missing-keys]" in broken.stdout, broken.stdout
    assert "head.{weight, bias}" in broken.stdout
    assert project.commits() == ["Add the classifier"]

    project.edit("predict.py", '    model.load_state_dict(torch.load("resnet.pth", map_location="cpu"))\n', REMAPPED)
    fixed = project.commit("Rename the head, and the keys of old checkpoints")
    assert fixed.returncode == 0, fixed.stdout
    assert len(project.commits()) == 2
