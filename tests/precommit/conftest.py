"""The shipped hook in a repository of its own, and repositories to use it in.

The hook's repository is this checkout as it stands, committed to a temporary place: pre-commit installs from
commits only.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
SHIPPED = ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml", "ckpt_lsp")


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


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Without the settings of whoever runs the tests, so that nothing of theirs decides."""
    folder = tmp_path_factory.mktemp("settings")
    (folder / "gitconfig").write_text("[user]\nname = Test\nemail = test@example.org\n")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"
    own = {"GIT_CONFIG_GLOBAL": str(folder / "gitconfig"), "PRE_COMMIT_HOME": str(folder / "hooks"), "PATH": path}
    return {**kept, **own}


@pytest.fixture(scope="session")
def hook(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Repository:
    folder = tmp_path_factory.mktemp("hook") / "ckpt-lsp"
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


def use(hook: Repository, folder: Path, *arguments: str) -> None:
    """Writes the configuration with which a repository uses the hook."""
    (folder / ".pre-commit-config.yaml").write_text(
        "repos:\n"
        f"- repo: {hook.folder}\n"
        f"  rev: {hook.run('git', 'rev-parse', 'HEAD').stdout.strip()}\n"
        "  hooks:\n"
        "  - id: ckpt-lsp\n"
        f"    args: {json.dumps(arguments)}\n"
    )


def make_classifier(folder: Path) -> None:
    """The model, the script that loads it, and its checkpoint."""
    command = [sys.executable, CHECKOUT / "fixtures/checkpoints.py", "classifier", folder]
    subprocess.run(command, check=True, timeout=120)
