"""The packed extension in a real VS Code: what a person sees, and what stands in the file afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from vscode.code_server import DRIVERS, Home, drive, example, pack, serving, what_is_missing

BIN = Path(sys.executable).parent
MISSING = what_is_missing()
NO_TRUST_ASKED = {"security.workspace.trust.enabled": False}

pytestmark = pytest.mark.skipif(
    MISSING is not None and not os.environ.get("CI"), reason=f"VS Code cannot be run: {MISSING}"
)


@pytest.fixture(scope="module")
def vsix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    assert MISSING is None, MISSING
    return pack(tmp_path_factory.mktemp("packed") / "ckpt-lsp.vsix")


@pytest.fixture
def home(vsix: Path, tmp_path: Path) -> Iterator[Home]:
    """A VS Code that has the extension; when it is gone, no process of it may be left."""
    home = Home(tmp_path / "home")
    home.install(vsix)
    yield home
    assert _left_over(tmp_path) == []


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = example(tmp_path / "project")
    np.save(folder / "picture.npy", np.zeros((3, 32, 32), np.float32))
    return folder


def test_squiggle_then_fix_then_silence(home: Home, project: Path) -> None:
    home.configure(user=NO_TRUST_ASKED)
    home.put_on_path(BIN)
    before = _predict(project)
    assert 'Missing key(s) in state_dict: "conv1.weight"' in before.stderr
    assert 'Unexpected key(s) in state_dict: "module.conv1.weight"' in before.stderr
    with serving(home) as address:
        seen = drive("fix", address, project, {"file": "predict.py"})
    assert "module." in seen["message"], seen
    assert "ckpt-lsp" in seen["message"], seen
    assert "module." in seen["fixes"][0], seen
    after = _predict(project)
    assert after.returncode == 0, after.stderr


def test_untrusted_workspace_is_not_executed_until_trust_is_granted(home: Home, project: Path) -> None:
    home.configure(user={"security.workspace.trust.startupPrompt": "never"})
    home.put_on_path(BIN)
    with serving(home) as address:
        seen = drive("trust", address, project, {"file": "predict.py", "logs": str(home.logs)})
    assert seen == {"before": 0, "after": 1}


def test_server_comes_from_the_selected_interpreter(home: Home, project: Path) -> None:
    """Selected anew while the editor is open: the complaint before, the squiggle after."""
    home.install(pack(home.folder / "python.vsix", DRIVERS / "selected_python"))
    home.configure(user=NO_TRUST_ASKED, machine={"python.defaultInterpreterPath": "/nowhere/bin/python"})
    change = {"python.defaultInterpreterPath": sys.executable}
    with serving(home) as address:
        seen = drive("interpreter", address, project, {"file": "predict.py", **home.later(machine=change)})
    assert "ckpt-lsp was not found beside /nowhere/bin/python or on PATH." in seen["complaint"]
    assert 'Install it with "pip install ckpt-lsp"' in seen["complaint"]
    assert "module." in seen["message"], seen


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (["/nowhere/ckpt-lsp", "serve"], '"/nowhere/ckpt-lsp serve" could not be started: spawn'),
        (["/bin/false"], '"/bin/false" could not be started: it ended before it answered.'),
    ],
    ids=["no such file", "ends at once"],
)
def test_server_that_cannot_be_started(home: Home, project: Path, command: list[str], expected: str) -> None:
    home.configure(user=NO_TRUST_ASKED, machine={"ckptLsp.server.command": command})
    with serving(home) as address:
        seen = drive("complaint", address, project, {"file": "predict.py"})
    assert expected in seen["text"]
    assert "ckptLsp.server.command" in seen["text"]
    assert seen["buttons"] == ["Open settings", "Show output"]


def _predict(project: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "predict.py", "picture.npy"]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=60, check=False)


def _left_over(folder: Path) -> list[str]:
    """Command lines of processes that still have to do with `folder` ten seconds after the editor's end."""
    deadline = time.monotonic() + 10
    while (found := list(_processes_naming(folder))) and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


def _processes_naming(folder: Path) -> Iterator[str]:
    """Those that have the folder in their command line, environment or working directory."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
            traces = command + (process / "environ").read_bytes() + os.fsencode((process / "cwd").readlink())
        except OSError:
            continue
        if os.fsencode(folder) in traces:
            yield command.replace(b"\0", b" ").decode(errors="replace")
