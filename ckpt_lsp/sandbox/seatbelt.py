"""macOS: a seatbelt profile by `sandbox-exec`.  Written from its documentation; not tested on a Mac.

Everything is denied but reading the view, writing the scratch folder, and what a process needs to start.  The
profile is inherited by every child and cannot be taken off.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from . import launcher
from .interface import Confinement, Launch, Unavailable, Visible

_ALWAYS = """(version 1)
(deny default)
(allow process-fork)
(allow process-exec)
(allow signal (target same-sandbox))
(allow sysctl-read)
(allow mach-lookup (global-name "com.apple.system.opendirectoryd.libinfo"))
(allow file-read-metadata)
(allow file-read-data (literal "/"))
(allow file-write-data (literal "/dev/null"))
"""
_SYSTEM = ("/System", "/usr/lib", "/usr/share", "/Library/Developer", "/private/var/db/dyld", "/dev")


class Seatbelt(Confinement):
    name = "seatbelt"
    layers = ("seatbelt",)

    def __init__(self, program: str) -> None:
        self._program = program

    @contextmanager
    def launch(self, command: Sequence[str], visible: Visible, scratch: Path) -> Iterator[Launch]:
        confined = (self._program, "-p", profile(visible, scratch), *command)
        yield Launch(launcher.arguments(launcher.Spec(supervise=True), confined))

    def readable(self, visible: Visible) -> None:
        return None


def profile(visible: Visible, scratch: Path) -> str:
    """The rules in seatbelt's own language."""
    read = "".join(f"(allow file-read* (subpath {_quoted(path)}))\n" for path in (*_SYSTEM, *visible.read))
    return f"{_ALWAYS}{read}(allow file-read* file-write* (subpath {_quoted(scratch)}))\n"


def _quoted(path: object) -> str:
    text = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def find() -> Seatbelt | Unavailable:
    """The mechanism, on macOS."""
    program = shutil.which("sandbox-exec") if sys.platform == "darwin" else None
    return Seatbelt(program) if program else Unavailable("this is not macOS")
