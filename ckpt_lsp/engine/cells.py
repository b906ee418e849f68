"""Reports on a notebook's program, told in terms of its cells."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ..source.notebooks import Notebook
from ..types import Finding, Fix, SiteReport


def in_cells(report: SiteReport, notebook: Notebook) -> SiteReport:
    """The same report with every range of the notebook's own file given within its cell."""
    path = report.site.path
    return replace(
        report,
        site=replace(report.site, span=notebook.in_cell(report.site.span)),
        findings=tuple(_finding(finding, path, notebook) for finding in report.findings),
    )


def _finding(finding: Finding, path: Path, notebook: Notebook) -> Finding:
    return replace(
        finding,
        span=notebook.in_cell(finding.span) if finding.path == path else finding.span,
        related=tuple(replace(r, span=notebook.in_cell(r.span)) if r.path == path else r for r in finding.related),
        fixes=tuple(_fix(fix, path, notebook) for fix in finding.fixes),
    )


def _fix(fix: Fix, path: Path, notebook: Notebook) -> Fix:
    edits = tuple(replace(e, span=notebook.in_cell(e.span)) if e.path == path else e for e in fix.edits)
    return replace(fix, edits=edits)
