"""How a callee's own names are told in terms of a call of it."""

from __future__ import annotations

import ast
import functools

from . import known
from .facts import Summary
from .tree import Definition, Function, Module


def changes_its_module(module: Module, here: Module, summary: Summary) -> bool:
    """Names of another module mean nothing here; that it changes them matters to whoever reads them there."""
    names = {c[7:] for c in summary.changes if c.startswith("global:")}
    return module is not here and any(not known.LOGGERS.match(name) for name in names)


def is_configuration(source: str) -> bool:
    """Configuration does not flow into what is built from it."""
    return known.CONFIG_NAMES.match(source) is not None


def own_self(change: str, definition: Definition) -> bool:
    """A constructor changes only the object it makes."""
    return isinstance(definition, ast.ClassDef) and change.startswith("self.")


def is_assigned(cls: ast.ClassDef | None, attribute: ast.expr) -> bool:
    """True where the class itself sets `self.x`."""
    return cls is not None and ast.unparse(attribute) in _assigned(cls)


@functools.lru_cache(maxsize=256)
def _assigned(cls: ast.ClassDef) -> frozenset[str]:
    stored = (n for n in ast.walk(cls) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store))
    return frozenset(map(ast.unparse, stored))


def is_static(function: Function) -> bool:
    return any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in function.decorator_list)


def as_argument(name: str, names: list[str], offset: int) -> str:
    """A parameter's name as `argument:N:name`; others as they are."""
    if name in names:
        return f"argument:{names.index(name) - offset}:{name}"
    return name


def argument_of(call: ast.Call, position: int, name: str) -> ast.expr | None:
    """The expression that stands for a parameter, by keyword or position."""
    keyword = name.split(":")[-1]
    for given in call.keywords:
        if given.arg == keyword:
            return given.value
    if any(isinstance(a, ast.Starred) for a in call.args):
        return ast.Tuple(elts=list(call.args), ctx=ast.Load())
    return call.args[position] if 0 <= position < len(call.args) else None
