"""Ending processes for sure, and finding those that tried to get away."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
from typing import Iterator, NoReturn


def kill(pid: int) -> None:
    """The process and its group, which a dry run leads."""
    for end in (os.kill, os.killpg):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            end(pid, signal.SIGKILL)


def children() -> Iterator[int]:
    """Of this process, those that have ended but are not reaped included; none where there is no /proc."""
    if not os.path.isdir("/proc"):
        return
    me = os.getpid()
    for name in os.listdir("/proc"):
        if name.isdigit() and _parent(name) == me:
            yield int(name)


def _parent(name: str) -> int:
    try:
        with open("/proc/%s/stat" % name, "rb") as file:
            # The command's name, in parentheses, may hold anything.
            return int(file.read().rpartition(b")")[2].split()[1])
    except (OSError, IndexError, ValueError):
        return 0


def remove_and_exit(folder: str) -> NoReturn:
    """The whole life of a process that removes a folder."""
    try:
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os._exit(0)
