"""The machine-readable contract, version 1.  Fields may be added; those that are there stay."""

from __future__ import annotations

import json
import sys
from typing import Any

from ckpt_lsp.output.interface import Run, status
from ckpt_lsp.types import (
    Comparison,
    FileProblem,
    Finding,
    Fix,
    Loads,
    Raises,
    Related,
    SiteReport,
    Skipped,
    Span,
    Unresolved,
)

VERSION = 1


def write(run: Run) -> None:
    """One JSON object and a newline.  Text that is no valid Unicode is escaped rather than refused."""
    sys.stdout.write(json.dumps(document(run), indent=1) + "\n")


def document(run: Run) -> dict[str, Any]:
    return {
        "version": VERSION,
        "sites": [_site(report, run) for report in run.reports],
        "problems": [_problem(problem, run) for problem in run.problems],
        "summary": {"sites": len(run.reports), **run.counts()},
    }


def _site(report: SiteReport, run: Run) -> dict[str, Any]:
    verdict = report.verdict
    comparison = verdict.comparison if isinstance(verdict, (Loads, Raises)) else Comparison()
    return {
        "path": run.shown(report.site.path),
        **_span(report.site.span),
        "model": report.model,
        "checkpoint": report.checkpoint and run.shown(report.checkpoint),
        "checkpoint_source": report.checkpoint_source,
        "strict": report.strict,
        "scenario": {
            "source": report.scenario.source,
            "argv": list(report.scenario.argv),
            "cwd": run.shown(report.scenario.cwd),
        },
        "status": status(verdict),
        "raises": _raises(verdict) if isinstance(verdict, Raises) else None,
        "missing": list(comparison.missing),
        "unexpected": list(comparison.unexpected),
        "mismatched": [
            {"key": m.key, "checkpoint": list(m.checkpoint), "model": list(m.model)} for m in comparison.mismatched
        ],
        "reason": verdict.reason if isinstance(verdict, (Unresolved, Skipped)) else None,
        "findings": [_finding(finding, run) for finding in report.findings],
    }


def _raises(verdict: Raises) -> dict[str, Any]:
    raised: dict[str, Any] = {"type": verdict.error.type, "message": verdict.error.message}
    if verdict.at is not None:
        raised["at"] = _span(verdict.at)
    if verdict.handled:
        raised["handled"] = True
    return raised


def _finding(finding: Finding, run: Run) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "path": run.shown(finding.path),
        **_span(finding.span),
        "related": [_related(related, run) for related in finding.related],
        "fixes": [_fix(fix, run) for fix in finding.fixes],
    }


def _related(related: Related, run: Run) -> dict[str, Any]:
    return {"path": run.shown(related.path), **_span(related.span), "message": related.message}


def _fix(fix: Fix, run: Run) -> dict[str, Any]:
    left = fix.leftover
    return {
        "title": fix.title,
        "leftover": {
            "missing": left.missing,
            "unexpected": left.unexpected,
            "mismatched": left.mismatched,
        },
        "edits": [{"path": run.shown(e.path), **_span(e.span), "text": e.text} for e in fix.edits],
    }


def _problem(problem: FileProblem, run: Run) -> dict[str, Any]:
    place = _span(problem.span) if problem.span else {}
    return {"path": run.shown(problem.path), **place, "message": problem.message}


def _span(span: Span) -> dict[str, Any]:
    place: dict[str, Any] = {
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }
    return place if span.cell is None else {**place, "cell": span.cell}
