"""Which reports on one load site are worth telling, and how loudly: evidence and worlds weighed against each other."""

from __future__ import annotations

from dataclasses import replace

from ..project.commands import left_open
from ..types import Loads, Raises, Severity, SiteReport, Unresolved
from ..worker.protocol import REFUSES_ARGUMENTS


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
    return decided or _says_most(reports)


def of_all_programs(groups: list[list[SiteReport]]) -> list[SiteReport]:
    """Each script stands for itself: one that loads does not excuse another that raises."""
    reports = [report for group in groups for report in group]
    raising = [report for report in reports if isinstance(report.verdict, Raises)]
    found: list[SiteReport] = []
    for report in raising or [r for r in reports if decides(r)]:
        if not any(_same(report, other) for other in found):
            found.append(report)
    return found or _says_most(reports)


def named_by(report: SiteReport, substitute: SiteReport | None) -> SiteReport:
    """An undecided report, with model and file of a call that nobody makes: of that no verdict holds."""
    if substitute is None:
        return report
    named = replace(report, model=substitute.model, checkpoint=substitute.checkpoint)
    if not isinstance(substitute.verdict, Unresolved):
        return named
    return replace(named, scenario=substitute.scenario, verdict=Unresolved(substitute.verdict.reason))


def _says_most(reports: list[SiteReport]) -> list[SiteReport]:
    """Of reports that decide nothing the one that says most of model and checkpoint; the first among equals."""
    return sorted(reports, key=silence)[:1]


def silence(report: SiteReport) -> tuple[bool, bool, int, bool, bool]:
    """To sort by: how little an undecided report says of model and checkpoint."""
    verdict = report.verdict
    filled_in = not left_open(report.scenario.argv)
    unresolved = isinstance(verdict, Unresolved)
    refused = isinstance(verdict, Unresolved) and verdict.reason == REFUSES_ARGUMENTS
    return refused, not unresolved, _distance(report), report.model is None, not filled_in


def _distance(report: SiteReport) -> int:
    """From the file that the call loads: it was read, it is named and not there, it is not known."""
    verdict = report.verdict
    if isinstance(verdict, Unresolved) and verdict.checkpoint_not_found is not None:
        return 1
    return 0 if report.checkpoint is not None else 2


def only_with_gpus(report: SiteReport, gpus: int) -> SiteReport:
    """Decided in another world than this machine's, where the call is not reached at all."""
    note = f"on a machine with {gpus} GPU{'s' if gpus > 1 else ''}"
    source = f"{report.scenario.source}, {note}"
    return replace(_at_most(report, Severity.WARNING, note), scenario=replace(report.scenario, source=source))


def _graded_down(report: SiteReport) -> SiteReport:
    """Another scenario loads: what a written command raises is a warning, what only defaults raise a hint."""
    by_default = "defaults" in report.scenario.source
    return _at_most(report, Severity.HINT if by_default else Severity.WARNING, f"under {report.scenario.source}")


def _at_most(report: SiteReport, most: Severity, note: str) -> SiteReport:
    findings = tuple(
        replace(f, severity=most, message=f"{f.message}\n({note})") if f.severity is Severity.ERROR else f
        for f in report.findings
    )
    return replace(report, findings=findings)


def _same(one: SiteReport, other: SiteReport) -> bool:
    return (one.verdict, one.checkpoint, one.model) == (other.verdict, other.checkpoint, other.model)
