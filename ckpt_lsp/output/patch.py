"""What a fix changes, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

from ckpt_lsp.output.interface import lines_of
from ckpt_lsp.types import TextEdit


def changed_lines(text: str, edits: Iterable[TextEdit]) -> Iterator[tuple[str, str]]:
    """The lines that the edits, all of this text, take away ("-") and put there ("+")."""
    before = lines_of(text)
    after = lines_of(edited(text, edits))
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            yield from (("-", line) for line in before[i:j])
            yield from (("+", line) for line in after[k:m])


def edited(text: str, edits: Iterable[TextEdit]) -> str:
    """The text after all edits; they do not overlap, and each place is one of the text before."""
    lines = lines_of(text)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    result = "\n".join(lines)
    for edit in sorted(edits, key=lambda edit: edit.span, reverse=True):
        span = edit.span
        start, end = starts[span.line - 1] + span.column - 1, starts[span.end_line - 1] + span.end_column - 1
        result = result[:start] + edit.text + result[end:]
    return result
