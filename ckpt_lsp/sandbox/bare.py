"""No confinement: `sandbox = "off"`, and only when the user says so.

The code of the workspace then runs with the user's own rights.  What remains is the life cycle: limits, the end of
the whole process tree, no further processes where the system can refuse them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from . import launcher
from .interface import Confinement, Launch, Visible


class Bare(Confinement):
    name = "off"
    layers = ("none",)

    @contextmanager
    def launch(self, command: Sequence[str], visible: Visible, scratch: Path) -> Iterator[Launch]:
        yield Launch(launcher.arguments(launcher.Spec(supervise=True), tuple(command)))

    def readable(self, visible: Visible) -> None:
        return None
