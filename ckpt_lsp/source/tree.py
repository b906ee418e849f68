"""A parsed module with what the other files of this room ask of it: parents, scopes, imports, positions.

`ast` serves here rather than libcst: it is ten times faster, the slice is compiled from the same tree, and
positions are exact.  libcst is used where text is written (`edits`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from ..types import Span

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Import:
    """What an imported name stands for: `module`, or the name `attribute` of it."""

    module: str
    attribute: str | None
    level: int
    """Leading dots of a relative import."""


@dataclass(eq=False)
class Module:
    """One parsed file."""

    path: Path
    text: str
    tree: ast.Module
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)
    _inner: dict[Function, dict[str, Function]] = field(default_factory=dict)

    @cached_property
    def lines(self) -> list[str]:
        return split_lines(self.text)

    @cached_property
    def definitions(self) -> dict[str, Definition]:
        """Functions and classes of the top level, also inside `if` and `try`."""
        return {n.name: n for n in statements(self.tree.body) if isinstance(n, Definition)}

    @cached_property
    def bound(self) -> set[str]:
        """Names that the module's own statements define or assign."""
        stored = (n.id for n in ast.walk(self.tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
        return set(self.definitions) | set(stored)

    @cached_property
    def imports(self) -> dict[str, Import]:
        """Local name -> what it was imported from, anywhere in the file; of `import a.b` also `a.b`."""
        found: dict[str, Import] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    whole = alias.name if alias.asname else alias.name.split(".")[0]
                    found[alias.asname or whole] = Import(whole, None, 0)
                    if "." in alias.name:
                        found[alias.name] = Import(alias.name, None, 0)
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    found[alias.asname or alias.name] = Import(node.module or "", alias.name, node.level)
        return found

    @cached_property
    def stars(self) -> list[Import]:
        """What is imported by `from module import *`."""
        return [
            Import(node.module or "", "*", node.level)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
        ]

    def imported_name(self, node: ast.expr) -> str | None:
        """`torch.nn.Linear` of `nn.Linear` after `from torch import nn`; None of what is not imported absolutely."""
        first, _, rest = (dotted(node) or "").partition(".")
        imported = self.imports.get(first)
        if imported is None or imported.level:
            return None
        return ".".join(filter(None, (imported.module, imported.attribute, rest)))

    def functions_in(self, function: Function) -> dict[str, Function]:
        """Functions defined anywhere inside this one, the outermost of a name."""
        if function not in self._inner:
            found: dict[str, Function] = {}
            for node in ast.walk(function):
                if isinstance(node, Function) and node is not function:
                    found.setdefault(node.name, node)
            self._inner[function] = found
        return self._inner[function]

    def properties(self, name: str) -> list[tuple[Module, Function, ast.ClassDef]]:
        """Properties of this name in the module's own classes."""
        return self._properties.get(name, [])

    @cached_property
    def _properties(self) -> dict[str, list[tuple[Module, Function, ast.ClassDef]]]:
        found: dict[str, list[tuple[Module, Function, ast.ClassDef]]] = {}
        for cls in ast.walk(self.tree):
            for method in cls.body if isinstance(cls, ast.ClassDef) else ():
                if isinstance(method, Function) and any("property" in ast.dump(d) for d in method.decorator_list):
                    found.setdefault(method.name, []).append((self, method, cls))  # type: ignore[arg-type]
        return found

    def span(self, node: ast.expr | ast.stmt) -> Span:
        end_line, end_offset = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        return Span(
            node.lineno,
            self._column(node.lineno, node.col_offset),
            end_line,
            self._column(end_line, end_offset),
        )

    def source(self, node: ast.expr) -> str:
        return ast.get_source_segment(self.text, node) or ast.unparse(node)

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """From the nearest outwards, the module last."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    def function_of(self, node: ast.AST) -> Function | None:
        """The innermost function that holds `node`."""
        return next((a for a in self.ancestors(node) if isinstance(a, Function)), None)

    def class_of(self, function: ast.AST) -> ast.ClassDef | None:
        """The class whose body `function` stands in directly."""
        parent = next((a for a in self.ancestors(function) if isinstance(a, Definition)), None)
        return parent if isinstance(parent, ast.ClassDef) else None

    def _column(self, line: int, offset: int) -> int:
        return len(self.lines[line - 1].encode()[:offset].decode("utf-8", "replace")) + 1


Resolve = Callable[[Module, Import], Module | None]
"""The workspace module that an import of a module names, or None where it is not the workspace's own."""


def parse(path: Path, text: str) -> Module:
    """Raises SyntaxError (also for a NUL byte) and RecursionError."""
    try:
        tree = ast.parse(text)
    except ValueError as error:
        raise SyntaxError(str(error)) from None
    module = Module(path, text, tree)
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            module.parents[child] = node
    return module


_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def split_lines(text: str) -> list[str]:
    """Lines as the parser counts them, ends kept: a form feed or U+2028 ends no line, unlike in splitlines()."""
    return _LINE.findall(text)


def statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Each statement of one scope in order, nested blocks included, bodies of definitions not."""
    for statement in body:
        yield statement
        if not isinstance(statement, Definition):
            for block in blocks(statement):
                yield from statements(block)


def blocks(statement: ast.stmt) -> list[list[ast.stmt]]:
    """The statement lists directly under a compound statement."""
    found = [getattr(statement, name) for name in ("body", "orelse", "finalbody") if getattr(statement, name, None)]
    found += [handler.body for handler in getattr(statement, "handlers", [])]
    found += [case.body for case in getattr(statement, "cases", [])]
    return found


def parameters(function: Function) -> list[str]:
    """Names of all parameters, in order of position, then keyword-only, `*args` and `**kwargs`."""
    arguments = function.args
    names = [a.arg for a in arguments.posonlyargs + arguments.args + arguments.kwonlyargs]
    return names + [a.arg for a in (arguments.vararg, arguments.kwarg) if a is not None]


def optional(function: Function) -> tuple[str, ...]:
    """Names of the parameters that have a default."""
    arguments = function.args
    positional = arguments.posonlyargs + arguments.args
    names = [a.arg for a in positional[len(positional) - len(arguments.defaults) :]]
    pairs = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return tuple(names + [a.arg for a, default in pairs if default is not None])


def annotated(function: Function) -> list[ast.expr]:
    """Those of the parameters and of what it gives back."""
    arguments = function.args
    all_of_them = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    found = [a.annotation for a in all_of_them if a is not None]
    return [annotation for annotation in [*found, function.returns] if annotation is not None]


def dotted(node: ast.expr) -> str | None:
    """`a.b.c` of a plain chain of names, else None."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        base = dotted(node.value)
        return None if base is None else f"{base}.{node.attr}"
    return None
