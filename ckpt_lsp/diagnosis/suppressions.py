"""`# ckpt-lsp: ignore` and `# ckpt-lsp: ignore[rule, rule]` on a line of the call."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..types import Finding, Fix, Leftover, Loads, Raises, SiteReport, Span, TextEdit
from . import rules

_COMMENT = re.compile(r"#\s*ckpt-lsp:\s*ignore(?:\[([^\]]*)\])?")


@dataclass(frozen=True)
class Suppression:
    """One comment."""

    span: Span
    rules: tuple[str, ...]
    """Empty: all of them."""

    def covers(self, finding: Finding) -> bool:
        on_the_call = finding.span.line <= self.span.line <= finding.span.end_line
        return on_the_call and (not self.rules or finding.rule in self.rules)


def suppress(path: Path, text: str, reports: Sequence[SiteReport]) -> tuple[SiteReport, ...]:
    """The reports without what comments suppress, and with a finding for each comment that suppresses nothing."""
    found = list(suppressions(text)) if "ckpt-lsp:" in text else []
    if not found:
        return tuple(reports)
    used: set[tuple[Suppression, str]] = set()
    kept = [replace(report, findings=tuple(_kept(report, path, found, used))) for report in reports]
    for suppression in found:
        _report_unused(kept, path, suppression, used)
    return tuple(kept)


def suppressions(text: str) -> Iterator[Suppression]:
    """In the order of the text.  Comments only, not strings that look like one."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
            match = _COMMENT.search(token.string) if token.type == tokenize.COMMENT else None
            if match:
                line, column = token.start[0], token.start[1] + match.start() + 1
                names = tuple(name.strip() for name in (match[1] or "").split(",") if name.strip())
                yield Suppression(Span(line, column, line, column + len(match[0])), names)
    except (tokenize.TokenError, SyntaxError):
        return


def _kept(
    report: SiteReport, path: Path, found: Sequence[Suppression], used: set[tuple[Suppression, str]]
) -> Iterator[Finding]:
    for finding in report.findings:
        by = [s for s in found if finding.path == path and s.covers(finding)]
        used.update((suppression, finding.rule) for suppression in by)
        if not by:
            yield finding


def _report_unused(
    reports: list[SiteReport], path: Path, suppression: Suppression, used: set[tuple[Suppression, str]]
) -> None:
    """On the report of the call it stands at; silent where that call has no verdict yet, or there is no call."""
    spans = [report.site.span for report in reports]
    at = [i for i, span in enumerate(spans) if span.line <= suppression.span.line <= span.end_line]
    if not at or not all(isinstance(reports[i].verdict, (Loads, Raises)) for i in at):
        return
    named = [name for name in suppression.rules if (suppression, name) not in used]
    if (suppression.rules and not named) or (not suppression.rules and any(s is suppression for s, _ in used)):
        return
    first = reports[at[0]]
    finding = _unused(path, suppression, named)
    reports[at[0]] = replace(first, findings=(*first.findings, finding))


def _unused(path: Path, suppression: Suppression, named: Sequence[str]) -> Finding:
    rule = rules.UNUSED_SUPPRESSION
    known = {known.name for known in rules.all()}
    unknown = [name for name in named if name not in known]
    if unknown:
        message = f"there is no rule called {', '.join(unknown)}"
    else:
        message = f"nothing to ignore here{': no ' + ', no '.join(named) if named else ''}"
    left = [name for name in suppression.rules if name not in named]
    text = f"# ckpt-lsp: ignore[{', '.join(left)}]" if left else ""
    fix = Fix("Delete what is not needed of the comment", (TextEdit(path, suppression.span, text),), Leftover(), True)
    return Finding(rule.name, rule.severity, path, suppression.span, message, fixes=(fix,))
