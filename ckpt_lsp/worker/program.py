"""From a slice's text to code that can be run and watched: the probe at the load site, guards, handlers.

The text keeps the user's own line numbers, so a traceback names the user's line.
"""

from __future__ import annotations

import ast
import re
import types
from typing import List, Optional, Sequence

from .excuses import Excuses
from .protocol import Place

SITE = "__ckpt_site__"
RELATIVE = "__ckpt_relative__"
GUARD = "__ckpt_guard__"
RERAISE = "__ckpt_reraise__"
DROPPED = "__ckpt_dropped__"
PARAMETER = "__ckpt_parameter__"
SAVED = "__ckpt_saved__"
"""Names that the compiled program finds among its builtins; `source.slicing` writes the last three."""


class NoSuchSite(Exception):
    """There is no call at the place that was named."""


def compile_program(
    text: str, path: str, site: Optional[Place], anchors: Sequence[Place], excuses: Excuses
) -> types.CodeType:
    """Code of the module `text`; with a probe where `site` lies in it.  Raises SyntaxError, NoSuchSite.

    `anchors` are the calls that lead to the site."""
    tree = ast.parse(text, path)
    target = None if site is None else _find(tree, text, site)
    leading = [_find(tree, text, anchor) for anchor in anchors]
    excuses.apply(tree, path, {call for call in (target, *leading) if call is not None})
    _Handlers().visit(tree)
    if target is not None or leading:
        _Probe(target, leading).visit(tree)
    ast.fix_missing_locations(tree)
    return compile(tree, path, "exec", dont_inherit=True)


# A form feed or U+2028 ends no line for the parser, unlike for splitlines().
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def _find(tree: ast.Module, text: str, place: Place) -> ast.expr:
    lines = _LINE.findall(text)
    for node in ast.walk(tree):
        if not isinstance(node, ast.expr) or node.lineno != place.line:
            continue
        column = len(lines[node.lineno - 1].encode()[: node.col_offset].decode("utf-8", "replace")) + 1
        if column == place.column and _ends(node, lines) == (place.end_line, place.end_column):
            return node
    raise NoSuchSite("nothing at line %d, column %d" % (place.line, place.column))


def _ends(node: ast.expr, lines: List[str]) -> "tuple[int, int]":
    line = node.end_lineno or node.lineno
    column = len(lines[line - 1].encode()[: node.end_col_offset].decode("utf-8", "replace")) + 1
    return line, column


def _call(name: str, *args: ast.expr) -> ast.Call:
    return ast.Call(func=ast.Name(id=name, ctx=ast.Load()), args=list(args), keywords=[])


class _Probe(ast.NodeTransformer):
    """`X.load_state_dict(A)` becomes `__ckpt_site__(X)(A)`; tests that lead to it become watched guards.
    Of its relatives `load_model(X, F)` becomes `__ckpt_relative__(load_model)(X, F)`.

    A verdict is about the call *if it is reached*.  So a test with an unknown outcome is taken to lead there:
    an enclosing `if` enters the branch with the call, an early `return` or `raise` before it is not taken."""

    def __init__(self, target: Optional[ast.expr], anchors: Sequence[ast.expr]) -> None:
        self._target = target
        self._leading = set(anchors) if target is None else {target, *anchors}

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if node is not self._target:
            return node
        if isinstance(node.func, ast.Attribute) and node.func.attr == "load_state_dict":
            node.func = ast.copy_location(_call(SITE, node.func.value), node.func)
        else:
            node.func = ast.copy_location(_call(RELATIVE, node.func), node.func)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._scope(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._scope(node)

    def _scope(self, node: ast.AST) -> ast.AST:
        """Other functions are left alone: what they return must not rest on an assumption."""
        return self.generic_visit(node) if self._holds([node]) else node

    def visit_If(self, node: ast.If) -> ast.AST:
        in_body, in_else = self._holds(node.body), self._holds(node.orelse)
        leaves = not node.orelse and not in_body and _leaves_function(node.body[-1])
        self.generic_visit(node)
        if in_body or in_else or leaves:
            node.test = self._watched(node.test, in_body)
        return node

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        node.test = self._watched(node.test, True)
        return node

    def _watched(self, test: ast.expr, leads_on: bool) -> ast.expr:
        """The test, evaluated under watch; a walrus keeps it in its own scope, so that one is evaluated before."""
        text = ast.unparse(test)
        late: ast.expr = test
        if not any(isinstance(n, (ast.NamedExpr, ast.Await, ast.Yield)) for n in ast.walk(test)):
            nothing = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
            late = ast.Lambda(args=nothing, body=test)
        watched = _call(GUARD, late, ast.Constant(leads_on), ast.Constant(text), ast.Constant(test.lineno))
        return ast.copy_location(watched, test)

    def _holds(self, nodes: Sequence[ast.AST]) -> bool:
        return any(inner in self._leading for node in nodes for inner in ast.walk(node))


def _leaves_function(statement: ast.stmt) -> bool:
    if isinstance(statement, (ast.Return, ast.Raise)):
        return True
    return isinstance(statement, ast.Expr) and ast.unparse(statement).split("(")[0] in (
        "exit",
        "quit",
        "sys.exit",
    )


class _Handlers(ast.NodeTransformer):
    """A bare `except:` must not swallow the dry run's own stop."""

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        self.generic_visit(node)
        if node.type is None or "BaseException" in ast.dump(node.type):
            statement = ast.Expr(value=_call(RERAISE))
            node.body.insert(0, ast.copy_location(statement, node.body[0]))
        return node
