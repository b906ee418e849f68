"""Several fixes of one document as one: each is proven for itself, all of them by checking the text that they make."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from ..diagnosis.trial import applied
from ..types import Document, Finding, Fix, Leftover, LoadSite, Severity, SiteReport, Span, TextEdit

Check = Callable[[Document], Sequence[SiteReport]]

_WRONG = (Severity.ERROR, Severity.WARNING)


@dataclass(frozen=True)
class Joint:
    """A fix that does what its parts do, each at its own load site."""

    fix: Fix
    parts: tuple[Fix, ...]


def together(document: Document, reports: Sequence[SiteReport], check: Check) -> tuple[Joint, ...]:
    """All fixes that leave nothing as one, first; then those of one title where several sites have it.

    What the check of the changed text does not confirm is left out."""
    sure = _sure(reports, document.path)
    found = [_joint(f"Fix {_sites(len(sure))} of this file", sure)] if sure else []
    for title, alike in groupby(sorted(sure, key=lambda fix: fix.title), lambda fix: fix.title):
        parts = [*alike]
        if len(parts) > 1:
            found.append(_joint(f"{title} (all {len(parts)} in this file)", parts))
    proven: dict[tuple[TextEdit, ...], bool] = {}
    for joint in found:
        edits = joint.fix.edits
        if edits not in proven:
            proven[edits] = len(joint.parts) == 1 or _holds(document, reports, joint, check)
    return tuple(joint for joint in found if proven[joint.fix.edits])


def _sites(number: int) -> str:
    return "the load site" if number == 1 else f"all {number} load sites"


def _joint(title: str, parts: Sequence[Fix]) -> Joint:
    edits = dict.fromkeys(edit for fix in parts for edit in fix.edits)
    return Joint(Fix(title, tuple(edits), Leftover()), tuple(parts))


# -- which fixes ---------------------------------------------------------------------------------------------------


def _sure(reports: Sequence[SiteReport], path: Path) -> list[Fix]:
    """Of each load site the one that needs no choice, as far as they do not get into each other's way."""
    chosen: dict[LoadSite, Fix] = {}
    for report in reports:
        for finding in report.findings:
            for fix in finding.fixes:
                if fix.preferred and fix.leftover == Leftover() and all(edit.path == path for edit in fix.edits):
                    chosen.setdefault(report.site, fix)
    apart: list[Fix] = []
    for fix in dict.fromkeys(chosen.values()):
        taken = [edit for other in apart for edit in other.edits]
        if not any(_collide(edit, other) for edit in fix.edits for other in taken):
            apart.append(fix)
    return apart


def _collide(one: TextEdit, other: TextEdit) -> bool:
    """An equal edit is made once: several fixes may want the same import."""
    if one == other or one.span.cell != other.span.cell:
        return False
    return _start(one.span) <= _end(other.span) and _start(other.span) <= _end(one.span)


def _start(span: Span) -> tuple[int, int]:
    return span.line, span.column


def _end(span: Span) -> tuple[int, int]:
    return span.end_line, span.end_column


# -- proof ---------------------------------------------------------------------------------------------------------


def _holds(document: Document, reports: Sequence[SiteReport], joint: Joint, check: Check) -> bool:
    """Nothing that a part mends is there any more, and nothing that was not there before."""
    after = [*_by_site(check(Document(document.path, fixed(document, joint.fix.edits))))]
    before = [*_by_site(reports)]
    return len(before) == len(after) and all(
        _rules(then) <= {f.rule for f in was if f.severity in _WRONG and not {*f.fixes} & {*joint.parts}}
        for was, then in zip(before, after, strict=True)
    )


def _by_site(reports: Sequence[SiteReport]) -> Iterator[list[Finding]]:
    """The findings of each load site, in the order of the text."""
    sites: dict[LoadSite, list[Finding]] = {}
    for report in reports:
        sites.setdefault(report.site, []).extend(report.findings)
    return iter(sites.values())


def _rules(findings: Iterable[Finding]) -> set[str]:
    return {finding.rule for finding in findings if finding.severity in _WRONG}


def fixed(document: Document, edits: Sequence[TextEdit]) -> str:
    """The text of the document, or of the notebook's file, with the edits made."""
    if document.path.suffix != ".ipynb":
        return applied(document.text, edits)
    content = json.loads(document.text)
    for number, cell in enumerate(content["cells"]):
        own = [edit for edit in edits if edit.span.cell == number]
        source = cell.get("source", "")
        cell["source"] = applied("".join(source) if isinstance(source, list) else source, own)
    return json.dumps(content)
