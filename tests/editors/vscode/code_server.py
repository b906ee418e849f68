"""A throw-away VS Code in the browser: code-server with our packed extension, and scripts that drive it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import urlopen

CHECKOUT = Path(__file__).parents[3]
TOOLS = CHECKOUT / ".tools"
NODE = TOOLS / "node24/node_modules/node/bin/node"
ENTRY = TOOLS / "code-server/node_modules/code-server/out/node/entry.js"
PLAYWRIGHT = TOOLS / "playwright/node_modules/playwright-core"
EXTENSION = CHECKOUT / "editors/vscode"
DRIVERS = Path(__file__).parent
QUIET = {
    "workbench.startupEditor": "none",
    "telemetry.telemetryLevel": "off",
    "extensions.autoUpdate": False,
    "extensions.autoCheckUpdates": False,
    "update.mode": "none",
    "files.autoSave": "off",
    "chat.disableAIFeatures": True,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
}


def browser() -> str | None:
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def what_is_missing() -> str | None:
    """Why the tests cannot run here, with the next step; None if they can."""
    if browser() is None:
        return "no Chromium (as root: apt-get install chromium)"
    if not all(path.exists() for path in (NODE, ENTRY, PLAYWRIGHT, EXTENSION / "node_modules")):
        return "no code-server in .tools (run tools/get_code_server.sh)"
    return None


def pack(vsix: Path, extension: Path = EXTENSION) -> Path:
    """Builds an extension from its sources and packs it into `vsix`."""
    path = f"{NODE.parent}{os.pathsep}{os.environ['PATH']}"
    vsce = EXTENSION / "node_modules/.bin/vsce"
    command = [str(vsce), "package", "--no-dependencies", "--allow-missing-repository", "--out", str(vsix)]
    _run(command, cwd=extension, env={**os.environ, "PATH": path}, seconds=120)
    return vsix


@dataclass(frozen=True)
class Home:
    """The folders of one VS Code: nothing is read from or written to the real home."""

    folder: Path

    def __post_init__(self) -> None:
        self.folder.mkdir()

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def environment(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8"}

    def put_on_path(self, folder: Path) -> None:
        """VS Code takes PATH from the login shell, not from the process that starts it."""
        (self.folder / ".profile").write_text(f'PATH="{folder}:$PATH"\n')

    def install(self, vsix: Path) -> None:
        command = [*self.command, "--install-extension", str(vsix)]
        _run(command, cwd=self.folder, env=self.environment, seconds=120)

    def configure(self, user: Mapping[str, Any], machine: Mapping[str, Any] | None = None) -> None:
        """Settings of the person and of the machine; only the latter may say what is executed."""
        _write(self.data / "User/settings.json", {**QUIET, **user})
        _write(self._machine_settings, machine or {})

    def later(self, machine: Mapping[str, Any]) -> dict[str, str]:
        """Settings for a driver to put in place while VS Code runs."""
        waiting = self.folder / "next.json"
        _write(waiting, machine)
        return {"settings": str(self._machine_settings), "nextSettings": str(waiting)}

    @property
    def _machine_settings(self) -> Path:
        return self.data / "Machine/settings.json"

    @property
    def command(self) -> list[str]:
        extensions = self.folder / "extensions"
        folders = ["--extensions-dir", str(extensions), "--user-data-dir", str(self.data)]
        return [str(NODE), str(ENTRY), *folders]


@contextmanager
def serving(home: Home) -> Iterator[str]:
    """Runs code-server; gives its address, and afterwards ends it with all that it started."""
    port = _free_port()
    command = [*home.command, "--auth", "none", "--bind-addr", f"127.0.0.1:{port}"]
    command += ["--disable-telemetry", "--disable-update-check", "--disable-getting-started-override"]
    log = home.folder / "code-server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=home.folder,
            env=home.environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        address = f"http://127.0.0.1:{port}/"
        _wait_until_up(address, process, log)
        yield address
    finally:
        _end_group(process)


def drive(script: str, address: str, folder: Path, job: Mapping[str, Any], seconds: float = 240) -> Any:
    """Runs one of the scripts beside this file on an open folder; what it saw."""
    picture = folder.parent / f"{script}.failed.png"
    job = {
        "playwright": str(PLAYWRIGHT),
        "chromium": browser(),
        "url": f"{address}?folder={quote(str(folder))}",
        "failurePicture": str(picture),
        **job,
    }
    command = [str(NODE), str(DRIVERS / f"{script}.mjs"), json.dumps(job)]
    try:
        return json.loads(_run(command, cwd=DRIVERS, env=dict(os.environ), seconds=seconds))
    except AssertionError as error:
        raise AssertionError(f"{error}\nThe screen at that moment: {picture}") from None


def example(folder: Path) -> Path:
    """A copy of the example project, with the checkpoint that its train.py really saves."""
    shutil.copytree(DRIVERS / "project", folder, ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run([sys.executable, "train.py"], cwd=folder, check=True, timeout=60)
    return folder


def _write(file: Path, settings: Mapping[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(settings))


def _run(command: list[str], cwd: Path, env: Mapping[str, str], seconds: float) -> str:
    """Its standard output.  Raises AssertionError with all it said, if it fails or takes too long."""
    process = subprocess.Popen(command, cwd=cwd, env=env, stdout=-1, stderr=-1, text=True, start_new_session=True)
    try:
        output, errors = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        _end_group(process)
        output, errors = process.communicate()
        raise AssertionError(f"{command[:3]} took over {seconds} s\n{output}\n{errors}") from None
    if process.returncode:
        raise AssertionError(f"{command[:3]} exited with {process.returncode}\n{output}\n{errors}")
    return output


def _end_group(process: subprocess.Popen[Any]) -> None:
    """Ends a process and its group, politely first: Playwright then closes its browser."""
    for ending in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, ending)
            process.wait(timeout=10)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_up(address: str, process: subprocess.Popen[Any], log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            with urlopen(f"{address}healthz", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"code-server did not come up:\n{log.read_text()}")
