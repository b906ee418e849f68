"""What diagnosis is given: the last word on one load site, its text, and whom to ask about a fix."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..types import Comparison, Loads, Raises, SiteReport
from ..worker.protocol import Answer, Question


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
    recheck: Callable[[str], SiteReport | None] | None = None
    """What is said of the call where its document has another text; None where that cannot be told."""
    weights: Callable[[], Sequence[Path]] = tuple
    """The checkpoint files of the workspace."""

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
