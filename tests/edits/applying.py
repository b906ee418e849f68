"""Edits applied the way an editor does it: to the text as it is, line ends and all."""

from __future__ import annotations

from collections.abc import Iterable

from ckpt_lsp.source.tree import split_lines
from ckpt_lsp.types import TextEdit


def applied(text: str, edits: Iterable[TextEdit]) -> str:
    starts = [0]
    for line in split_lines(text):
        starts.append(starts[-1] + len(line))
    for edit in sorted(edits, key=lambda edit: edit.span, reverse=True):
        span = edit.span
        start, end = starts[span.line - 1] + span.column - 1, starts[span.end_line - 1] + span.end_column - 1
        text = text[:start] + edit.text + text[end:]
    return text
