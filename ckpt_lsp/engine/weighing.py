"""Which reports on one load site are worth telling, and how loudly: evidence and worlds weighed against each other."""

from __future__ import annotations

from dataclasses import replace

from ..types import Loads, Raises, Severity, SiteReport, Unresolved


def decides(report: SiteReport) -> bool:
    return isinstance(report.verdict, (Loads, Raises))


def of_one_program(reports: list[SiteReport]) -> list[SiteReport]:
    """Decided scenarios of one script, each outcome once; else the one that says the most.

    Where one scenario loads, what another raises is graded down: the script works as somebody starts it."""
    decided: list[SiteReport] = []
    for report in reports:
        if decides(report) and not any(_same(report, other) for other in decided):
            decided.append(report)
    if any(isinstance(r.verdict, Loads) for r in decided):
        decided = [_graded_down(r) if isinstance(r.verdict, Raises) else r for r in decided]
    return decided or [r for r in reports if isinstance(r.verdict, Unresolved)][:1] or reports[:1]


def of_all_programs(groups: list[list[SiteReport]]) -> list[SiteReport]:
    """Each script stands for itself: one that loads does not excuse another that raises."""
    reports = [report for group in groups for report in group]
    raising = [report for report in reports if isinstance(report.verdict, Raises)]
    found: list[SiteReport] = []
    for report in raising or [r for r in reports if decides(r)]:
        if not any(_same(report, other) for other in found):
            found.append(report)
    return found or [r for r in reports if isinstance(r.verdict, Unresolved)][:1] or reports[:1]


def _graded_down(report: SiteReport) -> SiteReport:
    """Another scenario loads: what a written command raises is a warning, what only defaults raise a hint."""
    by_default = "defaults" in report.scenario.source
    most = Severity.HINT if by_default else Severity.WARNING
    note = f"under {report.scenario.source}"
    findings = tuple(
        replace(f, severity=most, message=f"{f.message}\n({note})") if f.severity is Severity.ERROR else f
        for f in report.findings
    )
    return replace(report, findings=findings)


def _same(one: SiteReport, other: SiteReport) -> bool:
    return (one.verdict, one.checkpoint, one.model) == (other.verdict, other.checkpoint, other.model)
