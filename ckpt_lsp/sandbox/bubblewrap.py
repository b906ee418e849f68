"""bubblewrap + Landlock + seccomp: the strongest there is on Linux.

The worker lives in namespaces of its own: an empty file system into which the view is mounted read-only, no
network but an empty loopback that no socket can be opened on, process ids of its own, no capabilities.  The
filter is handed to `bwrap`; where the kernel has Landlock, the launcher adds it inside as a second layer.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ..worker import landlock as kernel
from ..worker import seccomp, syscalls
from . import launcher
from .interface import Confinement, Launch, Unavailable, Visible
from .landlock import SYSTEM_FILES
from .paths import without_nested

_NAMESPACES = (
    "--unshare-user",
    "--unshare-ipc",
    "--unshare-pid",
    "--unshare-net",
    "--unshare-uts",
    "--unshare-cgroup-try",
)
_DEVICES = ("null", "zero", "full", "random", "urandom")
_SYSTEM = ("/sys/devices/system/cpu", "/sys/devices/system/node")


class Bubblewrap(Confinement):
    name = "bubblewrap"
    same_process_ids = False

    def __init__(self, program: str, machine: str, version: str) -> None:
        self._program = program
        self._machine = machine
        self._second = kernel.version() > 0
        landlock = (f"Landlock {kernel.version()}",) if self._second else ()
        self.layers = (version, *landlock, "seccomp", "no capabilities")

    @contextmanager
    def launch(self, command: Sequence[str], visible: Visible, scratch: Path) -> Iterator[Launch]:
        inner = tuple(command)
        if self._second:
            spec = launcher.Spec(landlock=True, read=self._readable(visible), write=(str(scratch), "/dev/null"))
            inner = launcher.arguments(spec, inner)
        descriptor = _filter(self._machine)
        try:
            mounts = (*_mounts(visible), "--bind", str(scratch), str(scratch), "--remount-ro", "/")
            options = (*_isolation(), *mounts, "--chdir", "/", "--seccomp", str(descriptor))
            yield Launch((self._program, *options, "--", *inner), (descriptor,))
        finally:
            os.close(descriptor)

    def readable(self, visible: Visible) -> tuple[str, ...] | None:
        return self._readable(visible) if self._second else None

    @staticmethod
    def _readable(visible: Visible) -> tuple[str, ...]:
        # Its /proc shows the worker and nobody else.
        return (*map(str, visible.read), *map(str, launcher.folders()), *SYSTEM_FILES, "/proc")


def _isolation() -> tuple[str, ...]:
    # A new session: no terminal to push input into.
    return (*_NAMESPACES, "--die-with-parent", "--new-session", "--cap-drop", "ALL")


def _mounts(visible: Visible) -> Iterator[str]:
    """The view, and nothing that can be written to: not even /dev/shm, whose memory nobody would count."""
    yield from ("--proc", "/proc")
    for device in _DEVICES:
        yield from ("--dev-bind", f"/dev/{device}", f"/dev/{device}")
    paths = without_nested([*visible.read, *launcher.folders(), *map(Path, _SYSTEM)])
    for path in paths:
        if path.exists():
            yield from ("--ro-bind", str(path), str(path))
    for link, target in visible.links:
        if not any(link.is_relative_to(path) for path in paths):
            yield from ("--symlink", target, str(link))


def _filter(machine: str) -> int:
    """A descriptor to read the compiled filter from; it fits a pipe's buffer."""
    read, write = os.pipe()
    os.write(write, seccomp.assemble(seccomp.outside(), machine))
    os.close(write)
    return read


def find() -> Bubblewrap | Unavailable:
    """The mechanism, if a trial run works; it does not where user namespaces are refused."""
    program = shutil.which("bwrap")
    if program is None:
        return Unavailable("bubblewrap is not installed (package `bubblewrap`)")
    machine = syscalls.machine()
    if sys.platform != "linux" or machine is None:
        return Unavailable("there is no system call filter for this kind of machine")
    try:
        version = _run((program, "--version")).stdout.strip()
        trial = _run((program, *_isolation(), "--ro-bind", "/", "/", "--proc", "/proc", "--", program, "--version"))
    except (OSError, subprocess.TimeoutExpired) as error:
        return Unavailable(f"bubblewrap does not start: {error}")
    if trial.returncode:
        return Unavailable(f"bubblewrap is refused by this system: {trial.stderr.strip()[:200]}")
    return Bubblewrap(program, machine, version)


def _run(command: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=10, stdin=subprocess.DEVNULL)
