"""Where statements can be put so that they run right before a load call, and only then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst

from .syntax import Chunk

Replacement = tuple[int, int, str]
"""Offsets in the text, and what stands there instead."""


@dataclass(frozen=True)
class Place:
    """A place for statements before the one that holds the call."""

    start: int
    """Where the statement that holds the call begins."""
    indent: str
    made: tuple[Replacement, ...] = ()
    """What must be broken up first: `if x: call()`, `a = 1; call()`."""


def place_before(chunk: Chunk, call: cst.Call, unit: str, newline: str) -> Place | None:
    """None where the call may run more than once, or not at all, for one run of its statement."""
    child: cst.CSTNode = call
    for node in chunk.ancestors(call):
        if isinstance(node, (cst.SimpleStatementLine, cst.SimpleStatementSuite)):
            return _in_simple(chunk, node, child, unit, newline)
        if isinstance(node, cst.BaseCompoundStatement):
            return _before_compound(chunk, node, child)
        if _detours(node, child):
            return None
        child = node
    return None


_ALONE = (
    cst.Lambda,
    cst.BaseComp,
    cst.CompFor,
    cst.BooleanOperation,
    cst.Comparison,
    cst.FormattedStringExpression,
    cst.NamedExpr,
    cst.Param,
    cst.Decorator,
    cst.MatchCase,
    cst.ExceptHandler,
    cst.ExceptStarHandler,
)


def _detours(node: cst.CSTNode, child: cst.CSTNode) -> bool:
    """Whether `child` may be evaluated less or more often than `node`, or only after something else was bound."""
    if isinstance(node, cst.IfExp):
        return child is not node.test
    return isinstance(node, _ALONE)


def _before_compound(chunk: Chunk, node: cst.BaseCompoundStatement, child: cst.CSTNode) -> Place | None:
    if not _is_first_in_header(chunk, node, child):
        return None
    start, _ = chunk.range(node)
    return Place(start, chunk.indent(start))


def _is_first_in_header(chunk: Chunk, node: cst.BaseCompoundStatement, child: cst.CSTNode) -> bool:
    """Whether `child` is evaluated once and before all else, each time that `node` is run."""
    if isinstance(node, cst.If):
        return node.test is child and not isinstance(chunk.parents.get(node), cst.If)
    if isinstance(node, cst.For):
        return node.iter is child
    if isinstance(node, cst.With):
        return node.items[0] is child
    return isinstance(node, cst.Match) and node.subject is child


def _in_simple(
    chunk: Chunk,
    line: cst.SimpleStatementLine | cst.SimpleStatementSuite,
    statement: cst.CSTNode,
    unit: str,
    newline: str,
) -> Place | None:
    if _binds(statement):
        return None
    index = next(i for i, small in enumerate(line.body) if small is statement)
    start, _ = chunk.range(statement)
    if isinstance(line, cst.SimpleStatementLine):
        indent = chunk.indent(start)
        return Place(start, indent, _split(chunk, line.body, index, newline + indent))
    header, _ = chunk.range(chunk.parents[line])
    indent = chunk.indent(header) + unit
    first, _ = chunk.range(line.body[0])
    colon = len(chunk.text[:first].rstrip(" \t\f\\\r\n"))
    opened = (colon, first, newline + indent)
    return Place(start, indent, (opened, *_split(chunk, line.body, index, newline + indent)))


def _split(chunk: Chunk, body: Sequence[cst.BaseSmallStatement], index: int, separator: str) -> tuple[Replacement, ...]:
    """Breaks the line before statement `index` of it."""
    if index == 0:
        return ()
    _, end = chunk.range(body[index - 1])
    start, _ = chunk.range(body[index])
    return ((end, start, separator),)


def _binds(statement: cst.CSTNode) -> bool:
    """Whether a part of the statement may depend on a name that another part binds."""
    return isinstance(statement, cst.NamedExpr) or any(map(_binds, statement.children))
