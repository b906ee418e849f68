"""The command as users start it, on projects with real checkpoints."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pytest

CHECKOUT = Path(__file__).parents[2]
CKPT_LSP = Path(sys.executable).with_name("ckpt-lsp")

sys.path.insert(0, str(CHECKOUT / "fixtures"))
import checkpoints  # noqa: E402
from demo import raised  # noqa: E402

__all__ = ["CKPT_LSP", "Command", "raised"]

Done = subprocess.CompletedProcess[str]


class Command(Protocol):
    def __call__(self, *arguments: str | Path, cwd: Path | None = None) -> Done: ...


@pytest.fixture
def ckpt_lsp(tmp_path: Path) -> Command:
    """Runs `ckpt-lsp`.  Whatever comes of it, a traceback is a failure."""

    def run(*arguments: str | Path, cwd: Path | None = None) -> Done:
        command = [CKPT_LSP, *arguments]
        done = subprocess.run(command, cwd=cwd or tmp_path, capture_output=True, text=True, timeout=120)
        assert "Traceback" not in done.stderr, done.stderr
        assert "internal error" not in done.stderr, done.stderr
        return done

    return run


@pytest.fixture
def make(tmp_path: Path) -> Callable[[str, str], Path]:
    """Copies an example project with one variant of its checkpoint; gives back its script."""

    return lambda project, variant: Path(checkpoints.make(project, tmp_path / variant, variant))
