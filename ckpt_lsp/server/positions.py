"""Between the columns of a finding (1-based code points) and those of the client (0-based code units).

A line ends with \\n, \\r\\n or \\r and with nothing else, as in Python's grammar and in the protocol:
`str.splitlines` would also cut at a form feed, which is common in old Python source.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lsprotocol.types import Position, PositionEncodingKind, Range

from ckpt_lsp.types import Span

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def split_lines(text: str) -> list[str]:
    """The lines of `text` with their ends; the last one, be it empty, can be pointed at."""
    lines = _LINE.findall(text)
    if not lines or lines[-1][-1] in "\r\n":
        lines.append("")
    return lines


def units(text: str, encoding: str) -> int:
    """How many code units of `encoding` the client counts for `text`."""
    if encoding == PositionEncodingKind.Utf32:
        return len(text)
    if encoding == PositionEncodingKind.Utf8:
        return len(text.encode("utf-8", "surrogatepass"))
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def position(lines: Sequence[str], line: int, column: int, encoding: str) -> Position:
    """The client's position of a 1-based line and column; beyond the text it is the end of the text."""
    if line > len(lines):
        line, column = len(lines), len(lines[-1]) + 1
    before = _content(lines[line - 1])[: max(column - 1, 0)]
    return Position(line=line - 1, character=units(before, encoding))


def range_of(lines: Sequence[str], span: Span, encoding: str) -> Range:
    return Range(
        start=position(lines, span.line, span.column, encoding),
        end=position(lines, span.end_line, span.end_column, encoding),
    )


def code_points(lines: Sequence[str], place: Position, encoding: str) -> tuple[int, int]:
    """The 0-based line and code point column of a client's position.

    As the protocol asks, a character beyond the line's end is its end; a position within a character is
    its start; a line beyond the text is the end of the text.
    """
    if place.line >= len(lines):
        return len(lines) - 1, len(lines[-1])
    return place.line, _index(_content(lines[place.line]), place.character, encoding)


def _index(content: str, wanted: int, encoding: str) -> int:
    if encoding == PositionEncodingKind.Utf32 or content.isascii():
        return min(wanted, len(content))
    seen = 0
    for index, character in enumerate(content):
        seen += units(character, encoding)
        if seen > wanted:
            return index
    return len(content)


def _content(line: str) -> str:
    return line.rstrip("\r\n")
