"""The slice of a program for one load site: every statement that may matter to it, on its own line, nothing else.

A statement is kept where it leads to the site, binds a name that matters, may change an object that matters
(directly or through an alias), or changes the ground under later code (`os.chdir`, `sys.path`, patches).  What is
left out binds its names to opaque values, so that a wrong omission ends in "unresolved", not in a wrong verdict.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..types import Span
from . import known
from .callees import Context
from .effects import Effects
from .facts import Facts, closure
from .guards import is_cheap
from .reach import Reach, Scope
from .render import render
from .tree import Definition, Function, Module, blocks, dotted, parameters, statements
from .written import Written

_BUILTINS = frozenset(dir(builtins))
_NEVER_RUN = frozenset(
    [
        "forward",
        "training_step",
        "validation_step",
        "test_step",
        "configure_optimizers",
        "train_dataloader",
        "val_dataloader",
        "test_dataloader",
        "__repr__",
        "__str__",
        "__len__",
        "__getitem__",
    ]
)
"""Methods that no dry run calls: a forward call of a module is left out or answered opaquely."""


@dataclass(frozen=True)
class Slice:
    """Source of one module to execute; same line numbers as the file."""

    path: Path
    text: str
    anchors: tuple[Span, ...]
    """The calls through which the program comes to the site."""
    writes: tuple[str, ...]
    """fnmatch patterns of files that the program may write before it comes to the site."""


@dataclass(eq=False)
class _ScopeState:
    scope: Scope
    context: Context
    all: list[ast.stmt]
    before: set[ast.stmt]
    """Statements that may run before an anchor is reached."""
    local: set[str] = field(default_factory=set)
    relevant: set[str] = field(default_factory=set)
    flows: set[tuple[str, str]] = field(default_factory=set)


def slice_script(module: Module, effects: Effects, way: Reach, call: str | None = None) -> Slice:
    """The slice of the module that is started; `call` is appended where nothing in it leads to the site."""
    kept = _Fixpoint(module, effects, way, imported=False).run()
    made = _rendered(module, way, kept)
    return made if call is None else replace(made, text=f"{made.text.rstrip()}\n{call}\n")


def slice_imported(module: Module, effects: Effects, way: Reach) -> Slice:
    """The slice of a module that is imported on the way: only the functions that lead to the site are cut."""
    return _rendered(module, way, _Fixpoint(module, effects, way, imported=True).run())


def _rendered(module: Module, way: Reach, kept: _Fixpoint) -> Slice:
    text = render(module, kept.keep, kept.sliced, kept.replacement)
    anchors = tuple(module.span(n) for nodes in way.anchors.values() for n in nodes)
    return Slice(module.path, text, anchors, kept.writes())


class _Fixpoint:
    """Grows the set of kept statements until nothing more can matter."""

    def __init__(self, module: Module, effects: Effects, way: Reach, imported: bool) -> None:
        self._module = module
        self._effects = effects
        self._way = way
        self._imported = imported
        self._states: dict[Scope, _ScopeState] = {}
        self._self_relevant: set[str] = set()
        self._self_flows: set[tuple[str, str]] = set()
        self.keep: set[ast.stmt] = set()
        self.everything = False
        for scope, anchors in way.anchors.items():
            self._add_scope(scope, anchors)
        self._root = self._states.get(module.tree) or self._add_scope(module.tree, None)

    @property
    def sliced(self) -> set[Scope]:
        return set(self._states) - ({self._module.tree} if self._imported else set())

    # -- scopes ------------------------------------------------------------------------------------------------

    def _add_scope(self, scope: Scope, anchors: list[ast.expr] | None) -> _ScopeState:
        """With anchors: only what may run before them.  Without: a helper, all of it."""
        function = scope if isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef)) else None
        context = Context(self._module, function, self._module.class_of(function) if function else None)
        inside = list(statements(scope.body))
        before = set(inside) if anchors is None else self._before(scope, inside, anchors)
        state = _ScopeState(scope, context, inside, before)
        for statement in inside:
            facts = self._effects.facts(statement, context)
            state.flows |= facts.flows
            state.local |= {b for b in facts.binds if not b.startswith("self.")}
        if function is not None:
            state.local |= set(parameters(function))
            state.local -= _declared(inside)
        self._self_flows |= {f for f in state.flows if f[0].startswith("self.") or f[1].startswith("self.")}
        self._states[scope] = state
        return state

    def _before(self, scope: Scope, inside: list[ast.stmt], anchors: list[ast.expr]) -> set[ast.stmt]:
        """Statements in front of the last anchor, and all of a loop that holds one."""
        last = max(self._module.span(a).end_line for a in anchors)
        found = {s for s in inside if s.lineno <= last}
        for anchor in anchors:
            for ancestor in self._module.ancestors(anchor):
                if ancestor is scope:
                    break
                if isinstance(ancestor, (ast.For, ast.AsyncFor, ast.While)):
                    found |= {s for s in ast.walk(ancestor) if isinstance(s, ast.stmt)}
        return found

    # -- the fixpoint ------------------------------------------------------------------------------------------

    def run(self) -> _Fixpoint:
        for scope, anchors in self._way.anchors.items():
            for anchor in anchors:
                self._keep_anchor(self._states[scope], anchor)
        if self._imported:
            self._keep_import()
        for function in self._way.entry:
            self._keep_definition(function)
        size = -1
        while size != self._size():
            size = self._size()
            for state in list(self._states.values()):
                self._pass(state)
        self._keep_exits()
        self._keep_saves()
        return self

    def _keep_saves(self) -> None:
        """What the program itself saves on the way, it may load again.  Values that are not known stay opaque."""
        for state in self._states.values():
            for statement in state.before - self.keep:
                if not isinstance(statement, ast.Expr) or not _saves(statement.value):
                    continue
                parents = [a for a in self._module.ancestors(statement) if isinstance(a, ast.stmt)]
                if all(p in self.keep or p is state.scope or isinstance(p, Definition) for p in parents):
                    self.keep.add(statement)

    def _keep_import(self) -> None:
        """An import runs all of a module's own statements; objects of it are made by code elsewhere."""
        self.keep |= set(self._root.all)
        for function in self._way.functions:
            cls = self._module.class_of(function)
            constructor = _constructor(cls) if cls is not None else None
            if constructor is not None and constructor not in self._states:
                self._add_helper(constructor)

    def _size(self) -> int:
        names = sum(len(s.relevant) for s in self._states.values())
        return len(self.keep) + names + len(self._self_relevant) + len(self._states)

    def _pass(self, state: _ScopeState) -> None:
        reachable = self._matters(state)
        for statement in state.all:
            if statement in self.keep or statement not in state.before:
                continue
            facts = self._effects.facts(statement, state.context)
            if self._must_keep(state, statement, facts, reachable):
                self._keep(state, statement)

    def _matters(self, state: _ScopeState) -> set[str]:
        """Names of this scope whose change matters: relevant ones and those that may expose one."""
        relevant = state.relevant | self._self_relevant | (self._root.relevant - state.local)
        flows = state.flows | self._self_flows
        exposing = {t for t, _ in flows if closure({t}, flows) & relevant}
        return relevant | exposing

    def _must_keep(self, state: _ScopeState, statement: ast.stmt, facts: Facts, matters: set[str]) -> bool:
        if isinstance(statement, (ast.Global, ast.Nonlocal)):
            return True
        if state.context.cls is not None and _initialises_base(statement):
            return True
        if facts.ambient or (facts.dynamic and state.scope is self._module.tree):
            return True
        if self.everything and facts.binds and not isinstance(statement, Definition):
            return True
        if facts.binds & self._bound(state):
            return True
        if state.context.self_name in state.relevant and _touches_self(state, statement, facts):
            return True
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            return self._registers(statement)
        return bool(facts.changes & matters)

    def _bound(self, state: _ScopeState) -> set[str]:
        outer = self._root.relevant if state is self._root else self._root.relevant - state.local
        return state.relevant | self._self_relevant | outer

    def _registers(self, statement: ast.Import | ast.ImportFrom) -> bool:
        """A module of the workspace that is imported and not used is there for its effect: `import models`.

        A function or class that is imported and not used is a leftover."""
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            return True
        return any(
            self._effects.is_workspace(self._module, statement, alias) and not self._is_used(alias)
            for alias in statement.names
        )

    def _is_used(self, alias: ast.alias) -> bool:
        name = alias.asname or alias.name.split(".")[0]
        if name == "*":
            return False
        return any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(self._module.tree))

    # -- keeping -----------------------------------------------------------------------------------------------

    def _keep_anchor(self, state: _ScopeState, anchor: ast.expr) -> None:
        statement = next(a for a in self._module.ancestors(anchor) if isinstance(a, ast.stmt))
        if isinstance(statement, Definition):
            self._keep_definition(statement)
        self._keep(state, statement)

    def _keep(self, state: _ScopeState, statement: ast.stmt) -> None:
        if statement in self.keep:
            return
        self.keep.add(statement)
        facts = self._effects.facts(statement, state.context)
        self._need(state, facts.reads)
        if facts.dynamic:
            self.everything = True
        if isinstance(statement, Definition):
            self._keep_body(state, statement)
        for call in facts.calls:
            self._keep_callee(state, call)
        self._keep_headers(state, statement)

    def _keep_headers(self, state: _ScopeState, statement: ast.stmt) -> None:
        """The compound statements round a kept one, with what their headers read."""
        for ancestor in self._module.ancestors(statement):
            if ancestor is state.scope:
                break
            if not isinstance(ancestor, ast.stmt) or ancestor in self.keep:
                continue
            if isinstance(ancestor, ast.If) and self._is_guard(state, ancestor):
                self.keep.add(ancestor)
                self._need_if_cheap(state, ancestor)
            else:
                self._keep(state, ancestor)

    def _is_guard(self, state: _ScopeState, statement: ast.stmt) -> bool:
        anchors = self._way.anchors.get(state.scope, [])
        return any(statement in list(self._module.ancestors(a)) for a in anchors)

    def _need(self, state: _ScopeState, names: Iterable[str]) -> None:
        for name in names:
            if name.startswith("self."):
                self._self_relevant.add(name)
            elif name in state.local:
                state.relevant.add(name)
            elif name not in _BUILTINS or name in self._root.local:
                outer = self._enclosing(state, name)
                outer.relevant.add(name)

    def _enclosing(self, state: _ScopeState, name: str) -> _ScopeState:
        for ancestor in self._module.ancestors(state.scope):
            if isinstance(ancestor, _FUNCTIONS) and ancestor in self._states and name in self._states[ancestor].local:
                return self._states[ancestor]
        return self._root

    # -- definitions and callees -------------------------------------------------------------------------------

    def _keep_definition(self, node: ast.stmt) -> None:
        """A definition and the definitions round it."""
        for ancestor in [node, *self._module.ancestors(node)]:
            if isinstance(ancestor, Definition):
                outer = next(a for a in self._module.ancestors(ancestor) if isinstance(a, (ast.Module, *_FUNCTIONS)))
                state = self._states.get(outer)
                if state is not None:
                    self._keep(state, ancestor)

    def _keep_body(self, state: _ScopeState, node: Definition) -> None:
        """What the body of a kept definition may read, where it is not sliced itself."""
        if isinstance(node, ast.ClassDef):
            for statement in node.body:
                if isinstance(statement, _FUNCTIONS):
                    if statement.name not in _NEVER_RUN and not self._is_path_class(node):
                        self._need(state, self._free(statement))
                elif isinstance(statement, ast.ClassDef):
                    self._keep_body(state, statement)
        elif node not in self._states:
            self._need(state, self._free(node))

    def _free(self, function: Function) -> set[str]:
        """Names that a function reads and does not bind."""
        bound = set(parameters(function))
        read: set[str] = set()
        for node in ast.walk(function):
            if isinstance(node, ast.Name):
                (bound if isinstance(node.ctx, ast.Store) else read).add(node.id)
            elif isinstance(node, Definition):
                bound.add(node.name)
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                bound |= {a.asname or a.name.split(".")[0] for a in node.names}
        return (read - bound) | _declared(statements(function.body))

    def _keep_callee(self, state: _ScopeState, call: ast.Call) -> None:
        """A method of this file that a kept statement calls is sliced for what it does to the object."""
        for module, definition, cls in self._effects.called(call, state.context) or []:
            if module is not self._module:
                continue
            method = _constructor(definition) if isinstance(definition, ast.ClassDef) else definition
            owner = definition if isinstance(definition, ast.ClassDef) else cls
            if method is None or method in self._states or owner is None or not self._is_path_class(owner):
                continue
            self._add_helper(method)

    def _add_helper(self, method: Function) -> None:
        helper = self._add_scope(method, None)
        helper.relevant |= set(parameters(method)) - {str(helper.context.self_name)}
        for statement in helper.all:
            if isinstance(statement, ast.Return):
                self._keep(helper, statement)

    def _is_path_class(self, cls: ast.ClassDef) -> bool:
        """Classes whose methods lead to the site; others are kept whole."""
        return any(self._module.class_of(f) is cls for f in self._way.functions)

    # -- the way out -------------------------------------------------------------------------------------------

    def _keep_exits(self) -> None:
        """`return`, `continue`, `break`, `raise` and exits in front of an anchor, with the tests round them."""
        for state in list(self._states.values()):
            for statement in state.all:
                if statement in self.keep or statement not in state.before or not _leaves(statement):
                    continue
                if self._may_leave(state, statement):
                    self.keep.add(statement)
                    for ancestor in self._module.ancestors(statement):
                        if ancestor is state.scope:
                            break
                        if isinstance(ancestor, ast.stmt):
                            self.keep.add(ancestor)

    def _may_leave(self, state: _ScopeState, statement: ast.stmt) -> bool:
        """Loops that are left out take their own `continue` and `break` with them, and so do their `return`s."""
        parents = [a for a in self._module.ancestors(statement) if isinstance(a, ast.stmt)]
        if state.scope in parents:
            parents = parents[: parents.index(state.scope)]
        for parent in parents:
            if (
                isinstance(parent, (ast.For, ast.AsyncFor, ast.While, ast.Try, ast.With, ast.AsyncWith))
                and parent not in self.keep
            ):
                return False
            if isinstance(parent, ast.If) and parent not in self.keep and not self._cheap(state, parent.test):
                return False
        for parent in parents:
            if isinstance(parent, ast.If) and parent not in self.keep:
                self._need_if_cheap(state, parent)
        if parents:
            self._settle()
        return True

    def _settle(self) -> None:
        size = -1
        while size != self._size():
            size = self._size()
            for state in list(self._states.values()):
                self._pass(state)

    # -- guards ------------------------------------------------------------------------------------------------

    def _need_if_cheap(self, state: _ScopeState, guard: ast.If) -> None:
        """A test that is costly to evaluate stays unknown: the verdict holds if the call is reached."""
        if self._cheap(state, guard.test):
            reader = ast.Expr(guard.test)
            self._need(state, self._effects.facts(reader, state.context).reads)

    def _cheap(self, state: _ScopeState, node: ast.expr, depth: int = 0) -> bool:
        """True where every name of the expression is known from configuration, constants and the file system."""
        for inner in ast.walk(node):
            if isinstance(inner, ast.Call) and not is_cheap(inner):
                return False
            if isinstance(inner, ast.Name) and not self._cheap_name(state, inner.id, depth):
                return False
        return True

    def _cheap_name(self, state: _ScopeState, name: str, depth: int) -> bool:
        if name in state.relevant or name in self._root.relevant or name in self._module.imports or name in _BUILTINS:
            return True
        where = state if name in state.local else self._root
        if name in where.local and depth < 6:
            bindings = [s for s in where.all if name in self._effects.facts(s, where.context).binds]
            if where.context.function is not None and name in parameters(where.context.function):
                return True
            return bool(bindings) and all(
                isinstance(b, (ast.Assign, ast.AnnAssign))
                and b.value is not None
                and self._cheap(where, b.value, depth + 1)
                for b in bindings
            )
        return False

    # -- what is left out --------------------------------------------------------------------------------------

    def replacement(self, statement: ast.stmt, scope: Scope) -> str:
        """What stands in place of a statement that is left out."""
        state = self._states[scope]
        names: set[str] = set()
        for inner in [statement, *(s for b in _blocks_of(statement) for s in statements(b))]:
            names |= self._effects.facts(inner, state.context).binds
        names = {n for n in names if n.isidentifier() or n.startswith("self.")}
        if isinstance(statement, ast.AnnAssign) and statement.value is None:
            names = set()
        if isinstance(statement, ast.Delete):
            names = set()
        ordered = sorted(names)
        if not ordered:
            return "pass"
        own = state.context.self_name or "self"
        targets = [f"{own}.{n[5:]}" if n.startswith("self.") else n for n in ordered]
        arguments = ", ".join(f'"{t}"' for t in targets)
        return f"{', '.join(targets)} = __ckpt_dropped__({arguments}, {statement.lineno})"

    def writes(self) -> tuple[str, ...]:
        """Patterns of the paths that left out statements in front of the anchors save to."""
        written = Written(self._effects, set(self._states))
        for state in self._states.values():
            for statement in state.before - self.keep:
                written.add(self._effects.facts(statement, state.context).calls, state.context)
        return tuple(sorted(written.patterns))


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def _constructor(cls: ast.ClassDef) -> Function | None:
    return next((s for s in cls.body if isinstance(s, _FUNCTIONS) and s.name == "__init__"), None)


def _blocks_of(statement: ast.stmt) -> list[list[ast.stmt]]:
    return [] if isinstance(statement, Definition) else blocks(statement)


def _declared(inside: Iterable[ast.stmt]) -> set[str]:
    return {n for s in inside if isinstance(s, (ast.Global, ast.Nonlocal)) for n in s.names}


def _saves(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and dotted(node.func) == "torch.save"


def _leaves(statement: ast.stmt) -> bool:
    if isinstance(statement, (ast.Return, ast.Raise, ast.Continue, ast.Break)):
        return True
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Call)
        and (dotted(statement.value.func) or "") in known.EXITS
    )


def _touches_self(state: _ScopeState, statement: ast.stmt, facts: Facts) -> bool:
    """Where the object itself is loaded, each of its attributes matters."""
    return any(n.startswith("self.") for n in facts.binds | facts.changes)


def _initialises_base(statement: ast.stmt) -> bool:
    """`super().__init__()` or `nn.Module.__init__(self)`: without it the object is no module."""
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return False
    func = statement.value.func
    return isinstance(func, ast.Attribute) and func.attr == "__init__"
