"""What the check of one load site needs of the engine."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from ..config import Settings
from ..project.cache import Results
from ..project.commands import Command
from ..sandbox import WorkerPool
from .contents import Contents
from .locked import Locked


class Workspace(Protocol):
    """What a site's check needs of the engine."""

    root: Path
    settings: Settings
    results: Results
    contents: Contents
    locked: Locked
    patience: float

    def pool(self) -> WorkerPool: ...

    def commands(self, script: Path) -> tuple[Command, ...]: ...

    def weights(self) -> tuple[Path, ...]: ...

    def rung(self, path: Path, argument: str) -> str: ...

    def remember_rung(self, path: Path, argument: str, rung: str) -> None: ...
