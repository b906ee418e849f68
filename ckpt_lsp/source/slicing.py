"""The slice of a program for one load site: every statement that may matter to it, on its own line, nothing else.

A statement is kept where it leads to the site, binds a name that matters, may change an object that matters
(directly or through an alias), or changes the ground under later code (`os.chdir`, `sys.path`, patches).  What is
left out binds its names to opaque values, so that a wrong omission ends in "unresolved", not in a wrong verdict.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from pathlib import Path

from ..types import Span
from .effects import Effects
from .keeping import Keeping
from .reach import Reach, Scope, is_deferred
from .render import render
from .scopes import ScopeState
from .shapes import blocks_of, saves
from .tree import Module, statements
from .written import Written, pattern


@dataclass(frozen=True)
class Slice:
    """Source of one module to execute; same line numbers as the file."""

    path: Path
    text: str
    anchors: tuple[Span, ...]
    """The calls through which the program comes to the site."""
    indirect: bool
    """A function on the way is handed on (a table, a callback), and who calls it is not followed."""
    once: bool
    """The site is reached once at the most: no loop and no second call leads there."""
    writes: tuple[str, ...]
    """fnmatch patterns of files that the program may write before it comes to the site."""


def slice_script(module: Module, effects: Effects, way: Reach, call: str | None = None) -> Slice:
    """The slice of the module that is started; `call` is appended where nothing in it leads to the site."""
    kept = Keeping(module, effects, way, imported=False).run()
    made = _rendered(module, way, kept)
    return made if call is None else replace(made, text=f"{made.text.rstrip()}\n{call}\n")


def slice_imported(module: Module, effects: Effects, way: Reach) -> Slice:
    """The slice of a module that is imported on the way: only the functions that lead to the site are cut."""
    return _rendered(module, way, Keeping(module, effects, way, imported=True).run())


def _rendered(module: Module, way: Reach, kept: Keeping) -> Slice:
    def replacement(statement: ast.stmt, scope: Scope) -> str:
        return _replacement(kept, statement, scope)

    text = render(module, kept.keep, kept.sliced, replacement)
    anchors = tuple(module.span(n) for nodes in way.anchors.values() for n in nodes)
    indirect = any(is_deferred(module, n) for nodes in way.anchors.values() for n in nodes)
    return Slice(module.path, text, anchors, indirect, _is_once(module, way) and not indirect, _writes(kept))


def _is_once(module: Module, way: Reach) -> bool:
    if any(len(nodes) > 1 for nodes in way.anchors.values()):
        return False
    repeating = (ast.For, ast.AsyncFor, ast.While, ast.comprehension, ast.ListComp, ast.DictComp, ast.GeneratorExp)
    return not any(
        isinstance(ancestor, repeating) for nodes in way.anchors.values() for ancestor in module.ancestors(nodes[0])
    )


def _replacement(kept: Keeping, statement: ast.stmt, scope: Scope) -> str:
    """What stands in place of a statement that is left out."""
    state = kept.states[scope]
    names: set[str] = set()
    for inner in [statement, *(s for b in blocks_of(statement) for s in statements(b))]:
        names |= kept.effects.facts(inner, state.context).binds
    names = {n for n in names if n.isidentifier() or n.startswith("self.")}
    if isinstance(statement, ast.AnnAssign) and statement.value is None:
        names = set()
    if isinstance(statement, ast.Delete):
        names = set()
    hoisted = _literal_saves(statement, state) if statement in state.before else []
    after = "".join(f"; {_saved_anyway(call, state)}" for call in hoisted)
    ordered = sorted(names)
    if not ordered:
        return "pass" + after
    own = state.context.self_name or "self"
    targets = [f"{own}.{n[5:]}" if n.startswith("self.") else n for n in ordered]
    arguments = ", ".join(f'"{t}"' for t in targets)
    return f"{', '.join(targets)} = __ckpt_dropped__({arguments}, {statement.lineno})" + after


def _literal_saves(statement: ast.stmt, state: ScopeState) -> list[ast.Call]:
    """Calls of `torch.save` to a constant path in a statement that is left out, a training loop say."""
    inside = [s.value for block in blocks_of(statement) for s in statements(block) if isinstance(s, ast.Expr)]
    return [call for call in inside if isinstance(call, ast.Call) and _is_literal_save(call, state)]


def _is_literal_save(call: ast.Call, state: ScopeState) -> bool:
    return saves(call) and len(call.args) == 2 and "*" not in pattern(call.args[1], state.context)


def _saved_anyway(call: ast.Call, state: ScopeState) -> str:
    """The loop is left out, what it saves is not: the program may load it again."""
    value, path = ast.unparse(call.args[0]), ast.unparse(call.args[1])
    return f"__ckpt_saved__(lambda: {value}, lambda: {path}, {pattern(call.args[1], state.context)!r})"


def _writes(kept: Keeping) -> tuple[str, ...]:
    """Patterns of the paths that left out statements in front of the anchors save to."""
    written = Written(kept.effects, set(kept.states))
    for state in kept.states.values():
        for statement in state.before - kept.keep:
            calls = kept.effects.facts(statement, state.context).calls
            written.add([call for call in calls if not _is_literal_save(call, state)], state.context)
    return tuple(sorted(written.patterns))
