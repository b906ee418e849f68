"""Whether the program still needs the state dict as it is once the call is done: then no statement may change it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...types import Span
from ..tree import Function, Module, dotted, parameters

_READERS = ("load", "load_file", "load_url", "load_state_dict_from_url")
"""Functions that make a new state dict each time."""

_DEPTH = 4
"""How many assignments are followed back: `sd = ck["model"]`."""


def is_shared(module: Module, call: ast.Call, argument: ast.expr) -> bool:
    """Whether what `argument` stands for may be read after `call` under this or another name."""
    paths = _paths(module, call, argument, _DEPTH)
    return any(_read_later(module, call, path) or _comes_again(module, call, path[0]) for path in paths)


Path = tuple[str, ...]
"""A name and the constant keys below it: `ck["model"]` is ("ck", "'model'")."""


def _paths(module: Module, call: ast.Call, value: ast.expr, depth: int) -> list[Path]:
    """The places that `value` may be kept in."""
    if isinstance(value, ast.Call) and (dotted(value.func) or "").split(".")[-1] in _READERS:
        return []
    path = _path(value)
    if path is None:
        called = {id(node.func) for node in ast.walk(value) if isinstance(node, ast.Call)}
        names = (n.id for n in ast.walk(value) if isinstance(n, ast.Name) and id(n) not in called)
        return [(name,) for name in names if name not in {*module.imports, *module.definitions}]
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
        for node in module.parents
        if isinstance(node, ast.Assign)
        and node.lineno <= call.lineno
        and module.function_of(node) is home
        and any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
    ]
    return max(found, key=lambda node: node.lineno).value if found else None


def _read_later(module: Module, call: ast.Call, path: Path) -> bool:
    own = module.span(call)
    home = module.function_of(call)
    owner = _owner(module, call, path[0])
    for node in module.parents:
        if not isinstance(node, ast.Name) or node.id != path[0] or not isinstance(node.ctx, ast.Load):
            continue
        earlier = module.function_of(node) is home and _before(module.span(node), own)
        if not earlier and _owner(module, node, path[0]) is owner and not _apart(module, node, path):
            return True
    return False


def _comes_again(module: Module, call: ast.Call, name: str) -> bool:
    """Whether the call may be run once more on the same dict: in a loop, or in a function that is called again."""
    home = module.function_of(call)
    if _owner(module, call, name) is not home:
        return True
    if any(name not in _stored(loop) for loop in _loops(module, call, home)):
        return True
    return home is not None and name in parameters(home) and _is_called_again(module, home.name)


def _loops(module: Module, call: ast.Call, home: Function | None) -> Iterator[ast.stmt]:
    """Those of its own function that run the call again each time round."""
    child: ast.AST = call
    for around in module.ancestors(call):
        if around is home:
            return
        if isinstance(around, ast.While) or (isinstance(around, (ast.For, ast.AsyncFor)) and child is not around.iter):
            yield around
        child = around


def _is_called_again(module: Module, name: str) -> bool:
    calls = (dotted(node.func) for node in module.parents if isinstance(node, ast.Call))
    return sum(called is not None and called.split(".")[-1] == name for called in calls) > 1


def _owner(module: Module, node: ast.AST, name: str) -> Function | None:
    """The innermost function round `node` that binds `name`; None where it is the module's."""
    functions = (around for around in module.ancestors(node) if isinstance(around, Function))
    return next((function for function in functions if name in _bound(function)), None)


def _bound(function: Function) -> set[str]:
    outer = {name for n in ast.walk(function) if isinstance(n, (ast.Global, ast.Nonlocal)) for name in n.names}
    return (_stored(function) - outer) | set(parameters(function))


def _stored(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}


def _before(place: Span, own: Span) -> bool:
    """Within the call counts as before: it is the argument itself."""
    return (place.line, place.column) < (own.end_line, own.end_column)


def _apart(module: Module, name: ast.Name, path: Path) -> bool:
    """Whether this use takes another key than the one that `path` goes down, so cannot see what is below it."""
    parent = module.parents.get(name)
    if len(path) < 2 or not isinstance(parent, ast.Subscript) or parent.value is not name:
        return False
    return isinstance(parent.slice, ast.Constant) and repr(parent.slice.value) != path[1]
