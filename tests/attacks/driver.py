"""Runs every attack through a real pool, and says which succeeded: `python driver.py MECHANISM PYTHON FOLDER`.

A process of its own, since it plays the server that is attacked, and may be started as another user.  FOLDER is
its home; the workspace lies in it.  Its environment holds the secret.  Prints one JSON object per attack.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from ckpt_lsp.sandbox import Confinement, View, WorkerPool, choose, usage
from ckpt_lsp.worker import syscalls
from ckpt_lsp.worker.protocol import DryRunJob, DryRunResult, Limits, Place

CODE = Path(__file__).parent / "code"
SECRET = "TOPSECRET"
UNAVAILABLE = 3
"""Exit code where this user cannot have the mechanism."""
SHORT = Limits(wall_seconds=1, cpu_seconds=1, memory_bytes=300 << 20)
AMPLE = Limits()

SCRIPT = """\
import torch
from torch import nn
import {module}

class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(1, 1)
        try:
            got = {module}.{function}()
        except Exception as error:
            raise RuntimeError("blocked: %r" % (error,))
        raise RuntimeError("got: %s" % (got,) if got else "blocked: nothing")

model = Model()
model.load_state_dict(torch.load("weights.pth"))
"""
HARMLESS = """\
import torch
from torch import nn
model = nn.Linear(2, 3)
model.load_state_dict(torch.load("weights.pth"))
"""
HOLDER = """\
import os, time
import torch
from torch import nn
descriptor = os.open(os.environ["TMPDIR"] + "/note.txt", os.O_WRONLY | os.O_CREAT)
os.write(descriptor, b"TOPSECRET")
time.sleep(1)
model = nn.Linear(2, 3)
model.load_state_dict(torch.load("weights.pth"))
"""


@dataclass(frozen=True)
class Outcome:
    """What came of one attack."""

    topic: str
    name: str
    succeeded: str | None
    """What it got or did; None if it was held off."""
    said: str
    """What the user would read about the load site."""
    answers: bool
    """Whether the next, harmless dry run has its verdict."""
    seconds: float


class Machine:
    """Everything worth attacking, and the means to see whether it was."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.project = home / "project"
        self.sockets = home / "sockets"
        self.elsewhere = home.parent / f"{home.name}-elsewhere"
        self.site_packages = next((home / "venv").glob("lib/python3*/site-packages"))
        self.hits: list[str] = []
        self._name = f"ckpt-lsp-attack-{os.getpid()}"
        self._make_files()
        self.sockets.mkdir()
        self._listen()
        self.victim = self._start_victim()
        self._write_aim()
        self.before = self.snapshot()

    def _make_files(self) -> None:
        for folder in (self.project / "attacks", self.home / ".ssh", self.home / ".aws", self.elsewhere):
            folder.mkdir(parents=True, exist_ok=True)
        for path in (".ssh/id_rsa", ".aws/credentials", ".bashrc"):
            (self.home / path).write_text(SECRET)
        (self.elsewhere / "private.txt").write_text(SECRET)
        (self.project / "victim.txt").write_text("untouched")
        (self.project / "link-to-key").symlink_to(self.home / ".ssh/id_rsa")
        shutil.copytree(CODE, self.project / "attacks", dirs_exist_ok=True)
        shutil.copy(self.home / "weights.pth", self.project / "weights.pth")

    def _listen(self) -> None:
        self.tcp = self._open(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0), "tcp")
        self.udp = self._open(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0), "udp")
        self._open(socket.AF_UNIX, socket.SOCK_STREAM, str(self.sockets / "stream"), "unix")
        self._open(socket.AF_UNIX, socket.SOCK_DGRAM, str(self.sockets / "datagrams"), "unix datagram")
        self._open(socket.AF_UNIX, socket.SOCK_STREAM, "\0" + self._name, "abstract")

    def _open(self, family: int, kind: int, address: object, name: str) -> socket.socket:
        listener = socket.socket(family, kind)
        listener.bind(address)
        if kind == socket.SOCK_STREAM:
            listener.listen()
        threading.Thread(target=self._serve, args=(listener, kind, name), daemon=True).start()
        return listener

    def _serve(self, listener: socket.socket, kind: int, name: str) -> None:
        while True:
            if kind == socket.SOCK_STREAM:
                listener.accept()[0].close()
            else:
                listener.recv(512)
            self.hits.append(name)

    def _start_victim(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(3600)", "victim-of-attacks"])

    def _write_aim(self) -> None:
        machine = syscalls.machine() or ""
        numbers = {name: syscalls.number(name, machine) for name in syscalls.NAMES}
        aim = {
            "tcp": self.tcp.getsockname()[1],
            "udp": self.udp.getsockname()[1],
            "unix": str(self.sockets / "stream"),
            "unix_datagram": str(self.sockets / "datagrams"),
            "abstract": self._name,
            "project": str(self.project),
            "home": str(self.home),
            "elsewhere": str(self.elsewhere),
            "site_packages": str(self.site_packages),
            "tmp": str(self.home.parent),
            "victim": self.victim.pid,
            "server": os.getpid(),
            "numbers": numbers,
        }
        (self.project / "attacks" / "aim.json").write_text(json.dumps(aim))

    def snapshot(self) -> dict[str, object]:
        """Everything of the files that an attack could change."""
        found: dict[str, object] = {}
        for base in (self.home, self.elsewhere):
            for path in (base, *sorted(base.rglob("*"))):
                if path.is_relative_to(self.home / "venv") and not path.is_relative_to(self.site_packages):
                    continue
                about = path.lstat()
                regular = path.is_file() and not path.is_symlink()
                content = hashlib.sha256(path.read_bytes()).hexdigest() if regular else ""
                extended = tuple(os.listxattr(path)) if regular else ()
                found[str(path)] = (about.st_mode, about.st_mtime_ns, about.st_uid, content, extended)
        return found

    def damage(self) -> str | None:
        """What happened to it since it was last whole."""
        if self.victim.poll() is not None:
            self.victim = self._start_victim()
            self._write_aim()
            self.before = self.snapshot()
            return "the victim was killed"
        if self.hits:
            hits, self.hits = self.hits, []
            return f"reached {', '.join(hits)}"
        after, before = self.snapshot(), self.before
        changed = [path for path in {*after, *before} if after.get(path) != before.get(path)]
        if changed:
            self._mend()
        return f"changed {', '.join(sorted(changed))}" if changed else None

    def _mend(self) -> None:
        for folder in (self.project, self.home / ".ssh", self.home / ".aws"):
            shutil.rmtree(folder)
        self._make_files()
        self._write_aim()
        self.before = self.snapshot()

    def close(self) -> None:
        self.victim.kill()
        self.victim.wait()
        for left in (Path("/dev/shm") / self._name, Path(f"/owned-{self._name}")):
            left.unlink(missing_ok=True)


class Attacker:
    """Runs attacks one after the other in one pool."""

    def __init__(self, machine: Machine, python: Path, mechanism: Confinement) -> None:
        self._machine = machine
        view = View.of(machine.project, [machine.sockets])
        self._pool = WorkerPool(python, machine.project, view, mechanism)
        self._pool.describe()
        self._quiet = self._processes()

    def attack(self, topic: str, name: str) -> Outcome:
        with self._neighbour() if name.endswith("_of_another") else contextlib.nullcontext():
            start = time.monotonic()
            result = self._run(SCRIPT.format(module=topic, function=name), SHORT)
            seconds = time.monotonic() - start
        said = str(result.reason or result.error_message or result.status)
        signs = (self._gained(result, said), self._machine.damage(), self._left_behind())
        gained = next(filter(None, signs), None)
        answers = self._run(HARMLESS, AMPLE).status == "loads"
        return Outcome(topic, name, gained, said[:200], answers, round(seconds, 2))

    @staticmethod
    def _gained(result: DryRunResult, said: str) -> str | None:
        if result.status == "loads" or result.model == "FORGED":
            return "a verdict was forged"
        if "got: " in said or SECRET in said:
            return said[:200]
        return None

    def _left_behind(self) -> str | None:
        for _ in range(40):
            more = self._processes() - self._quiet
            if more <= 0:
                return None
            time.sleep(0.05)
        return f"{more} processes left behind"

    def _processes(self) -> int:
        return len(usage.below(os.getpid()))

    @contextlib.contextmanager
    def _neighbour(self) -> Iterator[None]:
        """Another dry run at the same time, with a secret in its scratch folder."""
        thread = threading.Thread(target=self._run, args=(HOLDER, AMPLE))
        thread.start()
        notes = f"ckpt-lsp-{os.getpid()}-*/run-*/note.txt"
        while thread.is_alive() and not list(Path(tempfile.gettempdir()).glob(notes)):
            time.sleep(0.02)
        yield
        thread.join()

    def _run(self, source: str, limits: Limits) -> DryRunResult:
        project = self._machine.project
        path, last = str(project / "script.py"), len(source.splitlines())
        with self._pool.dry_run(
            DryRunJob(
                path=path,
                source=source,
                site=Place(path, last, 1, last, len(source.splitlines()[-1]) + 1),
                cwd=str(project),
                argv=[],
                sys_path=[str(project / "attacks"), str(project)],
                root=str(project),
                limits=limits,
            )
        ) as run:
            return run.result

    def close(self) -> None:
        self._pool.close()


def attacks() -> list[tuple[str, str]]:
    """(topic, function) of every public function in the folder of code."""
    found = []
    for file in sorted(CODE.glob("*.py")):
        if file.stem != "target":
            functions = [node.name for node in ast.parse(file.read_text()).body if isinstance(node, ast.FunctionDef)]
            found += [(file.stem, name) for name in functions if not name.startswith("_")]
    return found


def main() -> None:
    setting, python, home = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    mechanism = choose(setting)
    if not isinstance(mechanism, Confinement):
        print(mechanism.reason)
        sys.exit(UNAVAILABLE)
    print(json.dumps({"mechanism": mechanism.name, "layers": mechanism.layers}), flush=True)
    machine = Machine(home)
    attacker = Attacker(machine, python, mechanism)
    wanted = sys.argv[4:]
    for topic, name in attacks():
        if not wanted or name in wanted or topic in wanted:
            print(json.dumps(asdict(attacker.attack(topic, name))), flush=True)
    attacker.close()
    machine.close()


if __name__ == "__main__":
    main()
