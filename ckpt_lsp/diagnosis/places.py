"""Lines of other files that a finding at the load site is really about: where the model gets the parts that do not
fit, where reading the file failed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ..types import Finding, Origin, Raises, Related, SiteReport, Unresolved
from . import rules
from .keys import escape

MOST_PLACES = 3
"""Where more lines make what does not fit, it is not one of them that is wrong."""

_KINDS = {
    rules.MISSING_KEYS.name: "missing",
    rules.PARTIALLY_LOADED.name: "missing",
    rules.NOTHING_LOADED.name: "missing",
    rules.UNEXPECTED_KEYS.name: "unexpected",
    rules.SIZE_MISMATCH.name: "mismatched",
}


def placed(findings: Iterable[Finding], report: SiteReport) -> tuple[Finding, ...]:
    """The findings of a report, each with the places in other files that it is about."""
    return tuple(replace(f, related=(*f.related, *_places(f, report))) for f in findings)


def _places(finding: Finding, report: SiteReport) -> list[Related]:
    kind = _KINDS.get(finding.rule)
    if kind is None:
        return _stopped(report) if finding.rule != rules.CHECKPOINT_NOT_FOUND.name else []
    told = {(related.path, related.span.line) for related in finding.related}
    found = [origin for origin in report.origins if origin.kind == kind]
    return [
        Related(origin.path, origin.span, _told(origin, report))
        for origin in (found if len(found) <= MOST_PLACES else [])
        if origin.path != report.site.path and (origin.path, origin.span.line) not in told
    ]


def _told(origin: Origin, report: SiteReport) -> str:
    keys = f"`{escape(origin.key)}`" + (f" and {origin.keys - 1} more" if origin.keys > 1 else "")
    file = report.checkpoint.name if report.checkpoint else "the state dict"
    if origin.kind == "missing":
        return f"{keys} made here, not in {file}"
    if origin.kind == "unexpected":
        return f"{keys} of {file} not made here"
    return f"{keys} made here, in another size than in {file}"


def _stopped(report: SiteReport) -> list[Related]:
    verdict = report.verdict
    if not isinstance(verdict, (Raises, Unresolved)) or verdict.at is None:
        return []
    if verdict.at_path in (None, report.site.path):
        return []
    return [Related(verdict.at_path, verdict.at, "raised here")]
