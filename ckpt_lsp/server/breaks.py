"""On an edited line of a model: which load sites of other files no longer take their checkpoints."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from lsprotocol import types as lsp

from ckpt_lsp.server.buffers import Buffer
from ckpt_lsp.server.diagnostics import SEVERITIES, SOURCE, Checked, Findings, location
from ckpt_lsp.server.positions import range_of, split_lines
from ckpt_lsp.server.workspace import OpenDocuments
from ckpt_lsp.types import Finding, Severity, Span

_TOLD = (Severity.ERROR, Severity.WARNING)


def breaks(buffer: Buffer, findings: Findings, documents: OpenDocuments, encoding: str) -> list[lsp.Diagnostic]:
    """One diagnostic for each load site elsewhere and each edited place that its findings are about."""
    edited = edited_lines(documents.as_opened(buffer).text, buffer.text)
    groups: dict[tuple[Path, Span, Span], dict[Finding, None]] = {}
    for finding, place in _about(buffer, findings) if edited else ():
        lines = [line for line in range(place.line, place.end_line + 1) if line in edited]
        if lines:
            where = _whole_lines(buffer, lines[0], lines[-1])
            groups.setdefault((finding.path, finding.span, where), {})[finding] = None
    return [_told(where, [*found], buffer, documents, encoding) for (_, _, where), found in groups.items()]


def _about(buffer: Buffer, findings: Findings) -> Iterator[tuple[Finding, Span]]:
    """Findings in other files on lines of this one, by checks that saw it as it is now."""
    for checked in findings:
        if _saw(checked, buffer):
            for finding in checked.findings:
                for place in finding.related:
                    if place.path == buffer.path != finding.path and finding.severity in _TOLD:
                        yield finding, place.span


def _saw(checked: Checked, buffer: Buffer) -> bool:
    return checked.seen.get(buffer.path) == buffer.text


def _whole_lines(buffer: Buffer, first: int, last: int) -> Span:
    start, end = buffer.lines[first - 1], buffer.lines[last - 1].rstrip()
    return Span(first, len(start) - len(start.lstrip()) + 1, last, len(end) + 1)


def _told(where: Span, found: list[Finding], buffer: Buffer, documents: OpenDocuments, encoding: str) -> lsp.Diagnostic:
    first = found[0]
    lines = [finding.message.partition("\n")[0] for finding in found]
    back = lsp.DiagnosticRelatedInformation(location(first.path, first.span, documents, encoding), "loaded here")
    return lsp.Diagnostic(
        range=range_of(buffer.lines, where, encoding),
        severity=min(SEVERITIES[finding.severity] for finding in found),
        code=first.rule,
        source=SOURCE,
        message=f"{first.path.name}:{first.span.line}: " + "\n".join(lines),
        related_information=[back],
    )


@lru_cache(maxsize=8)
def edited_lines(before: str, after: str) -> frozenset[int]:
    """The lines of `after` that are not in `before`; where lines are gone, the two round the gap."""
    one, other = split_lines(before), split_lines(after)
    start = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    most = min(len(one), len(other)) - start
    alike = next((n for n in range(most) if one[-1 - n] != other[-1 - n]), most)
    matcher = difflib.SequenceMatcher(None, one[start : len(one) - alike], other[start : len(other) - alike], False)
    found: set[int] = set()
    for kind, _, _, first, last in matcher.get_opcodes():
        if kind == "delete":
            found.update((start + first, start + first + 1))
        elif kind != "equal":
            found.update(range(start + first + 1, start + last + 1))
    return frozenset(found)
