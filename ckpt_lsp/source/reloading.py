"""What a program saves and loads again: then the object that is saved matters, as far as it is plain to follow."""

from __future__ import annotations

import ast
from fnmatch import fnmatchcase

from .exits import Growing
from .scopes import ScopeState
from .shapes import saves
from .tree import dotted
from .written import pattern


def keep_reloaded(kept: Growing) -> None:
    """Makes what a `torch.save` is given relevant where a kept `torch.load` reads the same path."""
    loaded = {path for state in kept.states.values() for path in _loaded(kept, state)}
    for state in list(kept.states.values()):
        for statement in state.before:
            for call in kept.effects.facts(statement, state.context).calls:
                if saves(call) and len(call.args) > 1 and _meet(pattern(call.args[1], state.context), loaded):
                    kept.need(state, _read(call.args[0], state))
    kept.settle()


def _read(value: ast.expr, state: ScopeState) -> set[str]:
    variables = (state.context.variable(node) for node in ast.walk(value) if isinstance(node, ast.expr))
    return {name for name in variables if name is not None}


def _loaded(kept: Growing, state: ScopeState) -> list[str]:
    """Patterns of the paths that kept statements load."""
    calls = [c for s in state.all if s in kept.keep for c in kept.effects.facts(s, state.context).calls]
    return [pattern(c.args[0], state.context) for c in calls if (dotted(c.func) or "") == "torch.load" and c.args]


def _meet(written: str, loaded: set[str]) -> bool:
    return written != "*" and any(path == written or fnmatchcase(path, written) for path in loaded)
