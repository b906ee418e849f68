"""Which files a program may write before it comes to a call, as patterns of their paths."""

from __future__ import annotations

import ast
import re

from . import known
from .callees import Context
from .effects import Effects
from .tree import dotted, statements


class Written:
    """Collects the patterns; each function is looked into once."""

    def __init__(self, effects: Effects, sliced: set[ast.AST]) -> None:
        self._effects = effects
        self._seen = set(sliced)
        self.patterns: set[str] = set()

    def add(self, calls: list[ast.Call], context: Context) -> None:
        """What these calls save, directly or in the functions of the workspace that they run."""
        for call in calls:
            if known.SAVERS.search(dotted(call.func) or "") and len(call.args) >= 2:
                self.patterns.add(pattern(call.args[1], context))
            for module, definition, cls in self._effects.called(call, context) or []:
                if definition in self._seen or isinstance(definition, ast.ClassDef):
                    continue
                self._seen.add(definition)
                inner = Context(module, definition, cls)
                self.add([c for s in statements(definition.body) for c in self._effects.facts(s, inner).calls], inner)


def pattern(node: ast.expr, context: Context) -> str:
    """An fnmatch pattern for the paths an expression may give: `best.pth`, `ckpt_*.pth`, `*` where nothing is known."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value.replace("[", "[[]")
    if isinstance(node, ast.JoinedStr):
        return "".join(pattern(v, context) if isinstance(v, ast.Constant) else "*" for v in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Div)):
        middle = "/" if isinstance(node.op, ast.Div) else ""
        return pattern(node.left, context) + middle + pattern(node.right, context)
    if isinstance(node, ast.Call) and (dotted(node.func) or "").endswith("path.join"):
        return "/".join(pattern(a, context) for a in node.args)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant):
        return _percent(str(node.left.value))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        return _braces(node.func.value)
    opened = _opened(node, context)
    if opened is not None:
        return pattern(opened, context)
    constant = _constant_of(node, context)
    return pattern(constant, context) if constant is not None else "*"


def _percent(text: str) -> str:
    return re.sub(r"%[-+ #0-9.]*[a-zA-Z]", "*", text)


def _braces(node: ast.expr) -> str:
    return (
        re.sub(r"\{[^}]*\}", "*", node.value) if isinstance(node, ast.Constant) and isinstance(node.value, str) else "*"
    )


def _constant_of(node: ast.expr, context: Context) -> ast.expr | None:
    """The one constant that a name is bound to, in its function or module."""
    if not isinstance(node, ast.Name):
        return None
    bodies: list[list[ast.stmt]] = [context.module.tree.body]
    if context.function is not None:
        bodies.insert(0, context.function.body)
    for body in bodies:
        values = [
            s.value
            for s in statements(body)
            if isinstance(s, ast.Assign) and any(isinstance(t, ast.Name) and t.id == node.id for t in s.targets)
        ]
        if values:
            only = values[0] if len(values) == 1 else None
            return only if only is not None and not _mentions(only, node.id) else None
    return None


def _opened(node: ast.expr, context: Context) -> ast.expr | None:
    """The path of a file handle: `with open(path, "wb") as f`, `f = open(path, "wb")`."""
    if not isinstance(node, ast.Name):
        return None
    scope = context.function or context.module.tree
    paths: list[ast.expr] = []
    for inner in ast.walk(scope):
        if isinstance(inner, ast.withitem) and _is_name(inner.optional_vars, node.id):
            paths += _path_of_open(inner.context_expr)
        elif isinstance(inner, ast.Assign) and any(_is_name(t, node.id) for t in inner.targets):
            paths += _path_of_open(inner.value)
    return paths[0] if len(paths) == 1 else None


def _path_of_open(node: ast.expr) -> list[ast.expr]:
    is_open = isinstance(node, ast.Call) and (dotted(node.func) or "").split(".")[-1] == "open"
    return node.args[:1] if is_open and isinstance(node, ast.Call) else []


def _is_name(node: ast.expr | None, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _mentions(node: ast.expr, name: str) -> bool:
    return any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(node))
