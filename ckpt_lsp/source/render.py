"""Writes a slice as text: kept statements where they stood, the rest blanked on the same lines."""

from __future__ import annotations

import ast
from collections.abc import Callable

from .reach import Scope
from .tree import Definition, Module, blocks


def render(
    module: Module, keep: set[ast.stmt], sliced: set[Scope], replacement: Callable[[ast.stmt, Scope], str]
) -> str:
    """The module's text with all statements of the `sliced` scopes replaced that are not in `keep`."""
    return _Renderer(module, keep, sliced, replacement).text()


class _Renderer:
    def __init__(
        self,
        module: Module,
        keep: set[ast.stmt],
        sliced: set[Scope],
        replacement: Callable[[ast.stmt, Scope], str],
    ) -> None:
        self._module = module
        self._keep = keep
        self._sliced = sliced
        self._replacement = replacement
        self._lines = list(module.lines)

    def text(self) -> str:
        self._block(self._module.tree.body, self._module.tree)
        return "".join(self._lines)

    def _block(self, body: list[ast.stmt], scope: Scope) -> None:
        for position, statement in enumerate(body):
            neighbours = body[max(position - 1, 0) : position] + body[position + 1 : position + 2]
            if _is_text(statement):
                continue  # A docstring: what must stand at the beginning of a file, may stand after one.
            if statement not in self._keep and not self._shares_line(statement, neighbours):
                self._blank(statement, self._replacement(statement, scope))
            elif isinstance(statement, Definition):
                self._definition(statement)
            else:
                for inner in blocks(statement):
                    self._block(inner, scope)

    def _definition(self, node: Definition) -> None:
        """Bodies of sliced functions only; everything else of a kept definition stays whole."""
        if isinstance(node, ast.ClassDef):
            for statement in node.body:
                if isinstance(statement, Definition):
                    self._definition(statement)
        elif node in self._sliced:
            self._block(node.body, node)

    def _shares_line(self, statement: ast.stmt, neighbours: list[ast.stmt]) -> bool:
        """`a = 1; m.load_state_dict(sd)` and `if x: y` stay whole: blanking one would move the other."""
        first, last = _first_line(statement), statement.end_lineno or statement.lineno
        if self._lines[first - 1].encode()[: statement.col_offset].strip():
            return True
        return any(_first_line(other) <= last and (other.end_lineno or other.lineno) >= first for other in neighbours)

    def _blank(self, statement: ast.stmt, text: str) -> None:
        first, last = _first_line(statement), statement.end_lineno or statement.lineno
        indent = self._lines[first - 1].encode()[: statement.col_offset].decode()
        for number in range(first, last + 1):
            self._lines[number - 1] = _line_end(self._lines[number - 1])
        self._lines[first - 1] = indent + text + self._lines[first - 1]


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _first_line(statement: ast.stmt) -> int:
    decorators = statement.decorator_list if isinstance(statement, Definition) else []
    return min([statement.lineno, *(d.lineno for d in decorators)])


def _line_end(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]
