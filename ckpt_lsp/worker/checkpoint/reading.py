"""What a format's reader hands to the front door: the root as a draft, so that several files can become one record."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Tuple

from .graph import freeze
from .machine import Budget, Imports, Machine
from .rebuild import rebuild
from .records import Record
from .tape import Tape
from .unpickle import unpickle


@dataclass
class Job:
    """One reading: what it may spend, and the globals that it meets, over all files that belong to the checkpoint."""

    budget: Budget = field(default_factory=Budget)
    imports: Imports = field(default_factory=Imports)
    encoding: str = "utf-8"

    def unpickle(self, tape: Tape, persistent: Any) -> Any:
        """The next object on the tape.  Raises CheckpointError."""
        return unpickle(Machine(tape, self.budget, self.imports, persistent, rebuild, self.encoding))


@dataclass(frozen=True)
class Reading:
    format: str
    root: Any
    metadata: Tuple[Tuple[str, str], ...] = ()
    files: Tuple[str, ...] = ()

    def record(self, job: Job) -> Record:
        top, nodes = freeze(self.root, job.budget.look)
        names = job.imports
        return Record(self.format, top, nodes, names.names, names.called, self.metadata, self.files)
