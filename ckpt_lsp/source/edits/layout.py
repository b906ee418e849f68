"""How the text is laid out: line ends, indentation, quotes, brackets."""

from __future__ import annotations

import ast
import re

import libcst as cst

from .syntax import Chunk

_FIRST_BLOCK = re.compile(r"^\S[^\r\n]*:[ \t]*(?:#[^\r\n]*)?\r?\n([ \t]+)\S", re.MULTILINE)
_ATOMS = (cst.Name, cst.Attribute, cst.Subscript, cst.Call, cst.Dict, cst.DictComp)


def unit_of(text: str) -> str:
    """One level of indentation."""
    found = _FIRST_BLOCK.search(text)
    return found.group(1) if found else "    "


def newline_of(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def quote_of(text: str) -> str:
    """The quotes that most strings of the text are in."""
    single, double = (len(re.findall(rf"(?<![\w\\]){q}[^'\"\n]*{q}", text)) for q in "'\"")
    return "'" if single > double else '"'


def operand(node: cst.BaseExpression, source: str) -> str:
    """The source, in brackets where a `[…]` or `.…` after it would bind to a part of it only."""
    return source if isinstance(node, _ATOMS) else f"({source})"


def bracketed(source: str) -> str | None:
    """In brackets, where the source goes over several lines without any of its own; else None."""
    try:
        ast.parse(f"x = {source}")
    except SyntaxError:
        return f"({source})"
    return None


def moved(chunk: Chunk, node: cst.BaseExpression, indent: str) -> str:
    """The source as it looks when it begins on a line with this indentation."""
    source = chunk.source(node)
    if any(mark in source for mark in ('"""', "'''", "\\\n", "\\\r")):
        return source
    start, _ = chunk.range(node)
    surplus = len(chunk.indent(start)) - len(indent)
    first, *rest = source.splitlines(keepends=True)
    return first + "".join(line[surplus:] if line[:surplus].isspace() else line for line in rest)
