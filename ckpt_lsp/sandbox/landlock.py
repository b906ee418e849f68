"""Landlock + seccomp: for containers and for Ubuntu 24.04, where user namespaces are refused.

Files: only what the view names.  Network, other processes, file attributes and the kernel's rarer doors are
closed by seccomp; TCP, signals and abstract sockets once more by Landlock where the kernel's version knows them.
Below version 6 (Linux 6.12) one thing stays open: start-up code of a hostile interpreter, not model code, could
send signals to the user's other processes, since the worker itself must be able to end its dry runs.
Process ids and the IPC namespace are shared with the machine, so their calls are refused rather than emptied.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ..worker import landlock as kernel
from ..worker import syscalls
from . import launcher
from .interface import Confinement, Launch, Unavailable, Visible

SYSTEM_FILES = (
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/proc/filesystems",
    "/proc/version",
    "/proc/sys/kernel/osrelease",
    "/proc/sys/vm/overcommit_memory",
    "/sys/devices/system/cpu",
    "/sys/devices/system/node",
    "/dev/null",
    "/dev/zero",
    "/dev/full",
    "/dev/random",
    "/dev/urandom",
)


class Landlock(Confinement):
    name = "landlock"

    def __init__(self) -> None:
        self.layers = (f"Landlock {kernel.version()}", "seccomp", "no capabilities")

    @contextmanager
    def launch(self, command: Sequence[str], visible: Visible, scratch: Path) -> Iterator[Launch]:
        spec = launcher.Spec(
            supervise=True,
            seccomp=True,
            landlock=True,
            read=self.readable(visible),
            write=(str(scratch), "/dev/null"),
        )
        yield Launch(launcher.arguments(spec, tuple(command)))

    def readable(self, visible: Visible) -> tuple[str, ...]:
        return (*map(str, visible.read), *SYSTEM_FILES)


def find() -> Landlock | Unavailable:
    """The mechanism, if this kernel has what it needs."""
    version = kernel.version()
    if not version:
        return Unavailable("the kernel has no Landlock (Linux 5.13, and enabled at boot)")
    if version < kernel.SOUND_SINCE:
        return Unavailable(f"Landlock {version} is too old: {kernel.SOUND_SINCE} (Linux 6.2) is needed")
    if syscalls.machine() is None:
        return Unavailable("there is no system call filter for this kind of machine")
    return Landlock()
