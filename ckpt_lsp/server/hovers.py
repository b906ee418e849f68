"""What is known of a load site, for who points at it: also where nothing is wrong, or where nothing is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from lsprotocol import types as lsp

from ckpt_lsp.server.diagnostics import Checked
from ckpt_lsp.server.positions import range_of
from ckpt_lsp.types import Loads, Raises, SiteReport, Skipped, Unresolved, Verdict


def hover(
    checked: Checked, cell: int | None, lines: Sequence[str], place: lsp.Position, root: Path, encoding: str
) -> lsp.Hover | None:
    """All reports on the load site at `place` of the document or the cell, one paragraph per scenario."""
    for report in checked.reports:
        if report.site.span.cell != cell:
            continue
        call = range_of(lines, report.site.span, encoding)
        if call.start <= place <= call.end:
            same = (other for other in checked.reports if other.site == report.site)
            return lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.PlainText, _text(same, root)), call)
    return None


def _text(reports: Iterable[SiteReport], root: Path) -> str:
    return "\n\n".join("\n".join(_paragraph(report, root)) for report in reports)


def _paragraph(report: SiteReport, root: Path) -> list[str]:
    lines = [f"ckpt-lsp: {_verdict(report.verdict)}"]
    if report.model:
        lines.append(f"model: {report.model}, {_count(len(report.model_entries), 'key')}")
    if report.checkpoint:
        keys = _count(len(report.checkpoint_entries), "key")
        lines.append(f"checkpoint: {_shown(report.checkpoint, root)}, {keys}")
    started = " ".join(["assuming", report.scenario.source, *report.scenario.argv])
    return [*lines, f"{started}, in {_shown(report.scenario.cwd, root)}"]


def _verdict(verdict: Verdict) -> str:
    if isinstance(verdict, Raises):
        caught = ", caught by the code around it" if verdict.handled else ""
        return f"torch raises {verdict.error.type} here{caught}"
    if isinstance(verdict, Unresolved):
        return f"no verdict: {verdict.reason}"
    if isinstance(verdict, Skipped):
        return f"nothing to check: {verdict.reason}"
    return "this loads" + _silence(verdict)


def _silence(verdict: Loads) -> str:
    """What `strict=False` keeps quiet about."""
    parts = [
        _count(len(keys), f"{kind} key")
        for kind, keys in (("missing", verdict.comparison.missing), ("unexpected", verdict.comparison.unexpected))
        if keys
    ]
    return f", in spite of {' and '.join(parts)}" if parts else ""


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _shown(path: Path, root: Path) -> str:
    """Relative where it lies below the workspace root, which is itself shown by its name."""
    if path == root:
        return root.name
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
