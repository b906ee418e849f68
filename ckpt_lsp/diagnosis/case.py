"""What diagnosis is given: the last word on one load site, its text, and whom to ask about a fix."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from ..source.tree import Module
from ..types import Comparison, Loads, Raises, SiteReport
from ..worker.protocol import Answer, Question


class Recheck(Protocol):
    """Checks the call again."""

    def __call__(self, text: str, others: Mapping[Path, str], /) -> SiteReport | None:
        """With this text of its document, and other texts of `others`; None where that cannot be told."""


@dataclass(frozen=True)
class Sources:
    """The files of the workspace that the program rests on, as the user sees them now."""

    modules: Sequence[Module] = ()
    settings: Mapping[Path, str] = field(default_factory=dict)
    """YAML and JSON files that it read."""

    def text(self, path: Path) -> str | None:
        found = next((module.text for module in self.modules if module.path == path), None)
        return self.settings.get(path) if found is None else found


@dataclass(frozen=True)
class Case:
    """One load site under one scenario, while the model and the state dict are still at hand."""

    report: SiteReport
    text: str
    """Of the document that the load site stands in."""
    ask: Callable[[Question], Answer] | None
    """Puts a question to torch; None where nothing was executed, and then no fix is offered."""
    root: Path
    """Workspace root."""
    recheck: Recheck | None = None
    """None where nothing can be tried."""
    weights: Callable[[], Sequence[Path]] = tuple
    """The checkpoint files of the workspace."""
    sources: Callable[[], Sources] = Sources
    inside: Callable[[Path], Sequence[Mapping[str, tuple[int, ...] | None]]] = lambda path: ()
    """The state dicts of a checkpoint file, key -> shape; none of one that cannot be read."""

    @property
    def comparison(self) -> Comparison:
        verdict = self.report.verdict
        return verdict.comparison if isinstance(verdict, (Loads, Raises)) else Comparison()

    @property
    def strict(self) -> bool:
        return self.report.strict is not False

    @property
    def model(self) -> str:
        """For a person: the class's name without its module."""
        return self.report.model.rpartition(".")[2] if self.report.model else "the model"

    @property
    def checkpoint(self) -> str:
        """For a person: the file's name."""
        return self.report.checkpoint.name if self.report.checkpoint else "the state dict"
