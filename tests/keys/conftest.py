"""The command as users start it, on checkpoints that torch wrote."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

CKPT_LSP = Path(sys.executable).with_name("ckpt-lsp")

Done = subprocess.CompletedProcess[str]
Keys = Callable[..., Done]


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    """Runs `ckpt-lsp keys` in the test's folder.  Whatever comes of it, a traceback is a failure."""

    def run(*arguments: str) -> Done:
        command = [CKPT_LSP, "keys", *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
        assert "Traceback" not in done.stderr, done.stderr
        assert "internal error" not in done.stderr, done.stderr
        return done

    return run


@pytest.fixture
def document(keys: Keys) -> Callable[..., dict[str, Any]]:
    """The JSON that it writes."""

    def run(*arguments: str, status: int = 0) -> dict[str, Any]:
        done = keys("--output-format", "json", *arguments)
        assert done.returncode == status, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    return run
