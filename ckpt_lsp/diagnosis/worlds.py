"""A verdict that depends on the machine: said of each world, and graded down, since either may be the user's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..types import Finding, Loads, Severity, SiteReport


def elsewhere(report: SiteReport, other: SiteReport, here: int, there: int) -> tuple[Finding, ...]:
    """The findings of both worlds, `here` and `there` being their numbers of GPUs.

    Without fixes: what mends the call in one world was not proven in the other, and may break it.
    """
    return (*_hints(report, other, here, there), *_hints(other, report, there, here))


def _hints(report: SiteReport, other: SiteReport, here: int, there: int) -> Iterator[Finding]:
    loads = "loads" if isinstance(other.verdict, Loads) else "does not load"
    for finding in report.findings:
        first, *rest = finding.message.split("\n")
        message = "\n".join(
            [f"on a machine with {_gpus(here)}: {first}", *rest, f"with {_gpus(there)} the call {loads}"]
        )
        yield replace(finding, severity=Severity.HINT, message=message, fixes=())


def _gpus(number: int) -> str:
    return {0: "no GPU", 1: "1 GPU"}.get(number, f"{number} GPUs")
