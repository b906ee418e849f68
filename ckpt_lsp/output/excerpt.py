"""A few lines of source with one range marked, as text that is safe to put on a terminal."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from rich.cells import cell_len

from ckpt_lsp.output.interface import lines_of
from ckpt_lsp.types import Span

MOST_LINES = 6
"""Of a call that goes over more, the first ones are shown."""

_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories that move the cursor, reorder the line or are no characters at all."""


@dataclass(frozen=True)
class Row:
    gutter: str
    """The line number, or nothing under one."""
    code: str
    mark: bool = False
    """The row that underlines the one above it."""


def excerpt(text: str, span: Span, width: int | None) -> tuple[Row, ...]:
    """The lines of `span`: one line is underlined, several are shown as they stand.

    Lines longer than `width` are cut to the part round the range.  Nothing if the text has no such lines.
    """
    lines = lines_of(text)[span.line - 1 : span.end_line]
    if not lines:
        return ()
    if len(lines) == 1:
        return _underlined(span, lines[0], width)
    rows = tuple(
        Row(str(span.line + n), _cut(printable(line), 0, width)[0]) for n, line in enumerate(lines[:MOST_LINES])
    )
    return rows if len(lines) <= MOST_LINES else (*rows, Row("", "…"))


def cut(code: str, width: int | None) -> str:
    """The beginning of a line that may be too long."""
    return _cut(code, 0, width)[0]


def _underlined(span: Span, line: str, width: int | None) -> tuple[Row, ...]:
    before = printable(line[: span.column - 1])
    marked = printable(line[span.column - 1 : span.end_column - 1])
    code, gone = _cut(printable(line), len(before), width)
    start = cell_len(code[: len(before) - gone])
    length = max(1, min(cell_len(marked), cell_len(code) - start))
    return Row(str(span.line), code), Row("", " " * start + "^" * length, mark=True)


def _cut(code: str, start: int, width: int | None) -> tuple[str, int]:
    """The part of `code` that fits, begun a little before `start`, and by how much that moved it left."""
    if width is None or cell_len(code) <= width:
        return code, 0
    left = max(0, min(start - 4, len(code) - width))
    part = "…" + code[left + 1 :] if left else code
    if cell_len(part) > width:
        while cell_len(part) > width - 1:
            part = part[:-1]
        part += "…"
    return part, left


def printable(text: str) -> str:
    """`text` on one line and with nothing in it that a terminal obeys: tabs widened, the rest escaped."""
    return "".join(_printable(character) for character in text.replace("\t", "    "))


def _printable(character: str) -> str:
    if unicodedata.category(character) not in _UNSAFE:
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
