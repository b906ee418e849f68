"""The one top-level statement round a load call, as a libcst tree that knows its place in the text.

Parsing no more than that keeps an edit cheap in long files.
"""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, ParentNodeProvider, PositionProvider

from ...types import Span
from ..tree import split_lines


@dataclass(frozen=True, eq=False)
class Chunk:
    """Whole lines of the text, parsed."""

    text: str
    first_line: int
    """1-based, in the text."""
    starts: tuple[int, ...]
    """Offset of each line of the text."""
    module: cst.Module
    positions: Mapping[cst.CSTNode, CodeRange]
    parents: Mapping[cst.CSTNode, cst.CSTNode]

    def range(self, node: cst.CSTNode) -> tuple[int, int]:
        """Offsets of `node` in the text."""
        place = self.positions[node]
        return (self._offset(place.start.line, place.start.column), self._offset(place.end.line, place.end.column))

    def source(self, node: cst.CSTNode) -> str:
        start, end = self.range(node)
        return self.text[start:end]

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """From the nearest outwards."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    def indent(self, offset: int) -> str:
        """The white space that the line of `offset` begins with."""
        line = self.text[self.line_start(offset) : offset]
        return line[: len(line) - len(line.lstrip(" \t\f"))]

    def line_start(self, offset: int) -> int:
        return self.starts[bisect_right(self.starts, offset) - 1]

    def span(self, start: int, end: int) -> Span:
        return Span(*self._place(start), *self._place(end))

    def _place(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def _offset(self, line: int, column: int) -> int:
        return self.starts[self.first_line + line - 2] + column


def chunk_at(text: str, tree: ast.Module, span: Span) -> Chunk | None:
    """The lines of all top-level statements that share one with `span`; None if libcst cannot parse them."""
    first, last = span.line, span.end_line
    for statement in tree.body:
        start, end = _lines(statement)
        if start <= last and end >= first:
            first, last = min(first, start), max(last, end)
    lines = split_lines(text)
    try:
        module = cst.parse_module("".join(lines[first - 1 : last]))
    except (cst.ParserSyntaxError, RecursionError):
        return None
    wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
    found = wrapper.resolve_many([PositionProvider, ParentNodeProvider])
    positions = cast("Mapping[cst.CSTNode, CodeRange]", found[PositionProvider])
    parents = cast("Mapping[cst.CSTNode, cst.CSTNode]", found[ParentNodeProvider])
    return Chunk(text, first, _starts(lines), module, positions, parents)


def _lines(statement: ast.stmt) -> tuple[int, int]:
    decorators = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(d.lineno for d in decorators)]), statement.end_lineno or statement.lineno


def _starts(lines: list[str]) -> tuple[int, ...]:
    """Of the empty line after the last line's end as well."""
    starts = [0]
    for line in lines:
        if line.endswith(("\r", "\n")):
            starts.append(starts[-1] + len(line))
    return tuple(starts)
