"""On a second look: calls of the user's code that fail, most of all because a data set or a download is not on this
machine.  What they give is unknown then, so that the program comes to the load site if that does not rest on it.

What such a look shows names a model and a file; it is no verdict, since the program as it is does not come so far.
"""

from __future__ import annotations

import ast
import os
from typing import Any, Callable, Dict, Iterator, List, Optional, Set, Tuple

from .doubles import Opaque, Stop, ledger, opaque_behind

EXCUSED = "__ckpt_excused__"
"""Name that the compiled program finds among its builtins."""

MOST_INSIDE = 4
"""Excuses inside one call, before the call itself is excused."""

Range = Tuple[int, int, int, int]
"""First and last line, first and last column (UTF-8 bytes, from 0); of the first line alone before Python 3.11."""


class Excuses:
    """The calls of one dry run that have failed so far."""

    def __init__(self, root: str) -> None:
        self._root = root
        self.looks_again = False
        self._calls: Dict[str, Dict[Range, str]] = {}
        self._may: Dict[str, Set[Range]] = {}
        self._inside: Dict[Tuple[str, Range], int] = {}

    def __bool__(self) -> bool:
        return any(self._calls.values())

    def take(self, error: Optional[BaseException]) -> bool:
        """Excuses the innermost call that the error came out of, and the outermost where several inside it have failed
        before; False where none is left to be excused."""
        if not isinstance(error, (Exception, Stop)):
            return False
        frames = [(path, where) for path, where in _frames(error, self._root) if where in self._may.get(path, ())]
        left = [(path, where) for path, where in frames if where not in self._calls.setdefault(path, {})]
        if not left:
            return False
        self._inside[frames[-1]] = self._inside.get(frames[-1], 0) + 1
        path, where = left[-1 if self._inside[frames[-1]] > MOST_INSIDE else 0]
        self._calls[path][where] = _origin(error, path, where)
        return True

    def apply(self, tree: ast.Module, path: str, leading: Set[ast.expr]) -> None:
        """Wraps the excused calls of this file.  Those that hold one of `leading`, the ways to the load site, cannot
        be excused."""
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and not _stays(node, leading)]
        self._may[path] = {where for node in calls for where in _ranges(node)}
        if self.looks_again:
            _Wrapping(self._calls.get(path, {}), calls).visit(tree)


def excused(call: Callable[[], Any], origin: str, parts: int) -> Any:
    """What an excused call gives: where it is taken apart, one value for each of so many parts."""
    before = ledger.stopped
    try:
        return call()
    except (Exception, Stop):
        ledger.stopped = before
        return tuple(Opaque(origin) for _ in range(parts)) if parts else Opaque(origin)


class _Wrapping(ast.NodeTransformer):
    """`np.load(path)` becomes `__ckpt_excused__(lambda: np.load(path), origin)`."""

    def __init__(self, excuses: Dict[Range, str], calls: List[ast.Call]) -> None:
        self._excuses = excuses
        self._calls = set(calls)
        self._parts: Dict[ast.expr, int] = {}

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        target = node.targets[0]
        if isinstance(target, (ast.Tuple, ast.List)) and not any(isinstance(e, ast.Starred) for e in target.elts):
            self._parts[node.value] = len(target.elts)
        return self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """What stands in a class's own body sees names that no function in its place would."""
        for position, statement in enumerate(node.body):
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                node.body[position] = self.visit(statement)
        return node

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        """What is made up seldom is what the code insists on."""
        return ast.copy_location(ast.Pass(), node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        origin = next((self._excuses[where] for where in _ranges(node) if where in self._excuses), None)
        if origin is None or node not in self._calls:
            return node
        nothing = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
        late = ast.Lambda(args=nothing, body=node)
        name = ast.Name(id=EXCUSED, ctx=ast.Load())
        return ast.copy_location(
            ast.Call(func=name, args=[late, ast.Constant(origin), ast.Constant(self._parts.get(node, 0))], keywords=[]),
            node,
        )


def _stays(call: ast.Call, leading: Set[ast.expr]) -> bool:
    """Whether it leads to the site, or would be another call inside a function of its own."""
    return any(
        node in leading
        or isinstance(node, (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr))
        or (isinstance(node, ast.Name) and node.id in ("super", "locals"))
        for node in ast.walk(call)
    )


def _ranges(node: ast.Call) -> Tuple[Range, Range]:
    return (node.lineno, node.end_lineno or 0, node.col_offset, node.end_col_offset or 0), (node.lineno, -1, -1, -1)


def _origin(error: BaseException, path: str, where: Range) -> str:
    if isinstance(error, Stop):
        return error.reason.rpartition(" depends on ")[2]
    known = opaque_behind(error)
    return known or "line %d of %s, which fails with %s here" % (
        where[0],
        os.path.basename(path),
        type(error).__name__,
    )


def _frames(error: BaseException, root: str) -> Iterator[Tuple[str, Range]]:
    """The calls in the user's own code that the error came out of, the innermost first."""
    found: List[Tuple[str, Range]] = []
    trace = error.__traceback__
    while trace is not None:
        path = trace.tb_frame.f_code.co_filename
        if path.startswith(root) and "site-packages" not in path:
            found.append((path, _range(trace)))
        trace = trace.tb_next
    return reversed(found)


def _range(trace: Any) -> Range:
    positions: Any = getattr(trace.tb_frame.f_code, "co_positions", None)
    if positions is None:
        return trace.tb_lineno, -1, -1, -1
    first, last, begins, ends = list(positions())[trace.tb_lasti // 2]
    return (trace.tb_lineno, -1, -1, -1) if None in (first, last, begins, ends) else (first, last, begins, ends)
