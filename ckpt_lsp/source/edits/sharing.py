"""Whether the program still needs the state dict as it is once the call is done: then no statement may change it."""

from __future__ import annotations

import ast

from ...types import Span
from ..tree import Module, dotted

_READERS = ("load", "load_file", "load_url", "load_state_dict_from_url")
"""Functions that make a new state dict each time."""


def is_shared(module: Module, call: ast.Call, argument: ast.expr) -> bool:
    """Whether what `argument` stands for may be read after `call` under this or another name."""
    return any(_read_later(module, call, path) for path in _paths(module, call, argument, 4))


Path = tuple[str, ...]
"""A name and the constant keys below it: `ck["model"]` is ("ck", "'model'")."""


def _paths(module: Module, call: ast.Call, value: ast.expr, depth: int) -> list[Path]:
    """The places that `value` may be kept in."""
    if isinstance(value, ast.Call) and (dotted(value.func) or "").split(".")[-1] in _READERS:
        return []
    path = _path(value)
    if path is None:
        known = {*module.imports, *module.definitions}
        names = (node.id for node in ast.walk(value) if isinstance(node, ast.Name))
        return [(name,) for name in names if name not in known]
    found = [path]
    made = _assigned(module, call, path[0]) if depth else None
    if made is not None:
        found += [(*outer, *path[1:]) for outer in _paths(module, call, made, depth - 1)]
    return found


def _path(value: ast.expr) -> Path | None:
    if isinstance(value, ast.Name):
        return (value.id,)
    if isinstance(value, ast.Attribute):
        name = dotted(value)
        return None if name is None else (name.split(".")[0],)
    if isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Constant):
        inner = _path(value.value)
        return None if inner is None else (*inner, repr(value.slice.value))
    return None


def _assigned(module: Module, call: ast.Call, name: str) -> ast.expr | None:
    """The value that `name` was last given before the call, as far as the text shows."""
    home = module.function_of(call)
    found = [
        node
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Assign)
        and node.lineno <= call.lineno
        and module.function_of(node) is home
        and any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
    ]
    return max(found, key=lambda node: node.lineno).value if found else None


def _read_later(module: Module, call: ast.Call, path: Path) -> bool:
    own = module.span(call)
    home = module.function_of(call)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Name) and node.id == path[0] and isinstance(node.ctx, ast.Load):
            there = module.function_of(node)
            if there is home and _before(module.span(node), own):
                continue
            if (there is home or home is None) and not _apart(module, node, path):
                return True
    return False


def _before(place: Span, own: Span) -> bool:
    """Within the call counts as before: it is the argument itself."""
    return (place.line, place.column) < (own.end_line, own.end_column)


def _apart(module: Module, name: ast.Name, path: Path) -> bool:
    """Whether this use takes another key than the one that `path` goes down, so cannot see what is below it."""
    parent = module.parents.get(name)
    if len(path) < 2 or not isinstance(parent, ast.Subscript) or parent.value is not name:
        return False
    return isinstance(parent.slice, ast.Constant) and repr(parent.slice.value) != path[1]
