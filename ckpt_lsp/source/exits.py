"""Ways past the call: early `return`s and guards, and which of their tests are worth evaluating."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable
from typing import Protocol

from .effects import Effects
from .guards import is_cheap
from .reach import Scope
from .scopes import ScopeState
from .shapes import leaves
from .tree import Module, parameters

BUILTINS = frozenset(dir(builtins))


class Growing(Protocol):
    """What is asked of the slice that grows."""

    module: Module
    effects: Effects
    keep: set[ast.stmt]
    states: dict[Scope, ScopeState]
    root: ScopeState

    def need(self, state: ScopeState, names: Iterable[str]) -> None: ...

    def settle(self) -> None: ...


def keep_exits(kept: Growing) -> None:
    """`return`, `continue`, `break`, `raise` and exits in front of an anchor, with the tests round them."""
    for state in list(kept.states.values()):
        for statement in state.all:
            if statement in kept.keep or statement not in state.before:
                continue
            if isinstance(statement, ast.Assert):
                _keep_assert(kept, state, statement)
            elif leaves(statement) and _may_leave(kept, state, statement):
                kept.keep.add(statement)
                if not isinstance(statement, ast.Return):
                    _need_reads(kept, state, statement)
                for ancestor in kept.module.ancestors(statement):
                    if ancestor is state.scope:
                        break
                    if isinstance(ancestor, ast.stmt):
                        kept.keep.add(ancestor)


def _keep_assert(kept: Growing, state: ScopeState, statement: ast.Assert) -> None:
    """An assertion on what is known anyway, in a part of the program that runs."""
    parents = [a for a in kept.module.ancestors(statement) if isinstance(a, ast.stmt)]
    inner = parents[: parents.index(state.scope)] if state.scope in parents else parents
    if all(parent in kept.keep for parent in inner) and _cheap(kept, state, statement.test):
        kept.keep.add(statement)
        _need_reads(kept, state, statement)


def _need_reads(kept: Growing, state: ScopeState, statement: ast.stmt) -> None:
    kept.need(state, kept.effects.facts(statement, state.context).reads)
    kept.settle()


def _may_leave(kept: Growing, state: ScopeState, statement: ast.stmt) -> bool:
    """Loops that are left out take their own `continue` and `break` with them, and so do their `return`s."""
    parents = [a for a in kept.module.ancestors(statement) if isinstance(a, ast.stmt)]
    if state.scope in parents:
        parents = parents[: parents.index(state.scope)]
    if _belongs_to_kept_loop(kept, statement, parents):
        for parent in parents:
            if isinstance(parent, ast.If) and parent not in kept.keep:
                kept.need(state, kept.effects.facts(ast.Expr(parent.test), state.context).reads)
        kept.settle()
        return True
    for parent in parents:
        if (
            isinstance(parent, (ast.For, ast.AsyncFor, ast.While, ast.Try, ast.With, ast.AsyncWith))
            and parent not in kept.keep
        ):
            return False
        if isinstance(parent, ast.If) and parent not in kept.keep and not _cheap(kept, state, parent.test):
            return False
    for parent in parents:
        if isinstance(parent, ast.If) and parent not in kept.keep:
            need_if_cheap(kept, state, parent)
    if parents:
        kept.settle()
    return True


def _belongs_to_kept_loop(kept: Growing, statement: ast.stmt, parents: list[ast.stmt]) -> bool:
    """`continue` and `break` of a loop that runs decide what it does, whatever their tests cost."""
    loops = [p for p in parents if isinstance(p, (ast.For, ast.AsyncFor, ast.While))]
    return isinstance(statement, (ast.Continue, ast.Break)) and bool(loops) and loops[0] in kept.keep


def need_if_cheap(kept: Growing, state: ScopeState, guard: ast.If) -> None:
    """A test that is costly to evaluate stays unknown: the verdict holds if the call is reached."""
    if _cheap(kept, state, guard.test):
        reader = ast.Expr(guard.test)
        kept.need(state, kept.effects.facts(reader, state.context).reads)


def _cheap(kept: Growing, state: ScopeState, node: ast.expr, depth: int = 0) -> bool:
    """True where every name of the expression is known from configuration, constants and the file system."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call) and not is_cheap(inner):
            return False
        if isinstance(inner, ast.Name) and not _cheap_name(kept, state, inner.id, depth):
            return False
    return True


def _cheap_name(kept: Growing, state: ScopeState, name: str, depth: int) -> bool:
    if name in state.relevant or name in kept.root.relevant or name in kept.module.imports or name in BUILTINS:
        return True
    where = state if name in state.local else kept.root
    if name in where.local and depth < 6:
        bindings = [s for s in where.all if name in kept.effects.facts(s, where.context).binds]
        if where.context.function is not None and name in parameters(where.context.function):
            return True
        return bool(bindings) and all(
            isinstance(b, (ast.Assign, ast.AnnAssign))
            and b.value is not None
            and _cheap(kept, where, b.value, depth + 1)
            for b in bindings
        )
    return False
