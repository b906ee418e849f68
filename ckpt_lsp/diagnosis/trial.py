"""Edits that are proven by checking the call again in the edited text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..source.tree import split_lines
from ..types import Comparison, Leftover, Loads, Raises, SiteReport, Span, TextEdit
from . import counts
from .case import Case
from .wording import leftover_told

MISMATCH_TEXT = "Error(s) in loading state_dict for "
"""How torch begins when keys or sizes do not fit."""


@dataclass(frozen=True)
class Trial:
    """What torch would do once the edits are made: it came to the call and compared both sides."""

    report: SiteReport
    comparison: Comparison

    @property
    def leftover(self) -> Leftover:
        left = self.comparison
        return Leftover(len(left.missing), len(left.unexpected), len(left.mismatched))

    @property
    def total(self) -> int:
        left = self.comparison
        return len(left.missing) + len(left.unexpected) + len(left.mismatched)

    @property
    def loaded(self) -> int:
        """How many keys of the model get a tensor of its own size."""
        model = [entry.key for entry in self.report.model_entries]
        given = {entry.key for entry in self.report.checkpoint_entries}
        return counts.loaded(model, self.comparison.missing, given) - len(self.comparison.mismatched)

    def told(self) -> str:
        """What is left, to be put behind a title."""
        return leftover_told(self.leftover)


def tried(case: Case, edits: Sequence[TextEdit]) -> Trial | None:
    """None where the call could not be checked again, or fails for another reason than keys and sizes."""
    return compared(rechecked(case, edits))


def rechecked(case: Case, edits: Sequence[TextEdit]) -> SiteReport | None:
    """What is said of the call once the edits are made."""
    texts = _texts(case, edits)
    if case.recheck is None or texts is None:
        return None
    own = texts.pop(case.report.site.path, case.text)
    return case.recheck(own, texts)


def compared(report: SiteReport | None) -> Trial | None:
    """None where torch did not come to compare keys and sizes."""
    verdict = report.verdict if report is not None else None
    if report is None or not isinstance(verdict, (Loads, Raises)) or not report.model_entries:
        return None
    if isinstance(verdict, Raises) and not verdict.error.message.startswith(MISMATCH_TEXT):
        return None
    return Trial(report, verdict.comparison)


def _texts(case: Case, edits: Sequence[TextEdit]) -> dict[Path, str] | None:
    """The files that change, as they then are; None where one is not known."""
    texts: dict[Path, str] = {}
    for path in dict.fromkeys(edit.path for edit in edits):
        before = case.text if path == case.report.site.path else case.sources().text(path)
        if before is None:
            return None
        texts[path] = applied(before, [edit for edit in edits if edit.path == path])
    return texts


def applied(text: str, edits: Sequence[TextEdit]) -> str:
    """The text with the edits, all of which are in its own file and do not overlap."""
    for edit in sorted(edits, key=lambda edit: (edit.span.line, edit.span.column), reverse=True):
        start, end = offsets(text, edit.span)
        text = text[:start] + edit.text + text[end:]
    return text


def offsets(text: str, span: Span) -> tuple[int, int]:
    """Where a range begins and ends in the text."""
    starts = [0]
    for line in split_lines(text):
        starts.append(starts[-1] + len(line))
    return starts[span.line - 1] + span.column - 1, starts[span.end_line - 1] + span.end_column - 1
