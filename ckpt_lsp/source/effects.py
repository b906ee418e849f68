"""What evaluating a piece of code may change: the mod/ref analysis under the slicer.

Functions of the workspace are summarised once, across files; everything that is not known to be harmless (`known`)
is taken to change what it is given.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .callees import Callee, Callees, Context
from .exposure import Exposure
from .facts import HARMLESS, Facts, Summary, closure
from .reading import Reader
from .tree import Function, Import, Module, Resolve, parameters, statements


class Effects:
    """Summaries of one workspace; remembers what it worked out."""

    def __init__(self, resolve: Resolve) -> None:
        self.resolve = resolve
        self._summaries: dict[ast.AST, Summary] = {}
        self._facts: dict[ast.AST, Facts] = {}

    # -- statements --------------------------------------------------------------------------------------------

    def facts(self, statement: ast.stmt, context: Context) -> Facts:
        """Facts of a statement's own expressions."""
        if statement not in self._facts:
            self._facts[statement] = Reader(self, context).read(statement)
        return self._facts[statement]

    # -- functions ---------------------------------------------------------------------------------------------

    def summary(self, module: Module, function: Function, cls: ast.ClassDef | None) -> Summary:
        """What a call of `function` may change; assumes nothing of a call that is being worked out (recursion)."""
        if function in self._summaries:
            return self._summaries[function]
        self._summaries[function] = HARMLESS
        summary = self._summarise(Context(module, function, cls))
        self._summaries[function] = summary
        return summary

    def _summarise(self, context: Context) -> Summary:
        function = context.function
        assert function is not None
        changes: set[str] = set()
        flows: set[tuple[str, str]] = set()
        returned: set[str] = set()
        bound: set[str] = set()
        local: set[str] = set(parameters(function))
        declared: set[str] = set()
        ambient = False
        for statement in _all_statements(function):
            facts = self.facts(statement, context)
            ambient = ambient or facts.ambient or facts.dynamic
            changes |= facts.changes
            bound |= {b for b in facts.binds if b.startswith("self.")}
            flows |= facts.flows
            if isinstance(statement, (ast.Global, ast.Nonlocal)):
                declared |= set(statement.names)
            local |= {b for b in facts.binds if not b.startswith("self.")}
            if isinstance(statement, ast.Return) and statement.value is not None:
                returned |= Exposure(self, context).exposed(statement.value)
        changes |= declared & local
        reached = closure(changes, flows) | bound
        names = parameters(function)
        outside = {f"global:{c}" for c in reached if c not in local | {"*"} and not c.startswith("self.")}
        outside |= {f"global:{name}" for name in declared & local}
        kept = {c for c in reached if c in names or c.startswith("self.") or c == "*"}
        stored = closure({f"self.{t[5:]}" for t, _ in flows if t.startswith("self.")} | returned, flows)
        return Summary(frozenset(kept | outside), frozenset(stored & (set(names) | {"*"})), ambient)

    def is_workspace(self, module: Module, statement: ast.Import | ast.ImportFrom, alias: ast.alias) -> bool:
        """True where the import names a module of the workspace, not a function or class in one."""
        if isinstance(statement, ast.Import):
            return self.resolve(module, Import(alias.name, None, 0)) is not None
        where = self.resolve(module, Import(statement.module or "", alias.name, statement.level))
        return where is not None and alias.name in ("*", where.path.stem, where.path.parent.name)

    def called(self, call: ast.Call, context: Context) -> list[Callee] | None:
        """The workspace definitions a call may run; None where that is not known, [] where it is none of them."""
        return Callees(self.resolve, context).of(call.func)


def _all_statements(function: Function) -> Iterator[ast.stmt]:
    """Statements of a function, those of the functions inside it too."""
    for statement in statements(function.body):
        yield statement
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from _all_statements(statement)
