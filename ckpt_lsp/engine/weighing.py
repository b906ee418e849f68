"""Which reports on one load site are worth telling, and how loudly: evidence and worlds weighed against each other."""

from __future__ import annotations

from dataclasses import replace

from ..types import Loads, Raises, Severity, SiteReport, Unresolved


def decides(report: SiteReport) -> bool:
    return isinstance(report.verdict, (Loads, Raises))


def worth_telling(reports: list[SiteReport]) -> list[SiteReport]:
    """Decided ones, each outcome once; where nothing is decided, the first that says the most."""
    decided: list[SiteReport] = []
    for report in reports:
        if decides(report) and not any(_same(report, other) for other in decided):
            decided.append(report)
    if any(isinstance(r.verdict, Loads) for r in decided):
        decided = [_graded_down(r) if isinstance(r.verdict, Raises) else r for r in decided]
    unresolved = [r for r in reports if isinstance(r.verdict, Unresolved)]
    return decided or unresolved[:1] or reports[:1]


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


def only_here(report: SiteReport, other: SiteReport, here: int, there: int) -> SiteReport:
    """The verdict is true of this machine only: said, and graded down to a hint."""
    raising, gpus, loading = (report, here, there) if isinstance(report.verdict, Raises) else (other, there, here)
    note = f"only {_world(gpus)}; {_world(loading)} it loads"
    hints = tuple(
        replace(finding, severity=Severity.HINT, message=f"{finding.message}\n({note})", fixes=())
        for finding in raising.findings
    )
    return replace(report, findings=hints)


def _world(gpus: int) -> str:
    return {0: "without CUDA", 1: "with CUDA"}.get(gpus, f"with {gpus} GPUs")
