"""Which statements a slice keeps: grows the set until nothing more can matter."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from .callees import Context
from .effects import Effects
from .exits import BUILTINS, keep_exits, need_if_cheap
from .facts import Facts, closure
from .reach import Reach, Scope, is_deferred, related
from .reloading import keep_reloaded
from .scopes import ScopeState
from .shapes import (
    FUNCTIONS,
    constructor,
    declared,
    initialises_base,
    is_dispatch,
    main_block,
    makes_folder,
    saves,
    touches_self,
)
from .tree import Definition, Function, Module, parameters, statements

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


class Keeping:
    """Grows the set of kept statements until nothing more can matter."""

    def __init__(self, module: Module, effects: Effects, way: Reach, imported: bool) -> None:
        self.module = module
        self.effects = effects
        self.way = way
        self._imported = imported
        self.states: dict[Scope, ScopeState] = {}
        self._self_relevant: set[str] = set()
        self._self_flows: set[tuple[str, str]] = set()
        self.keep: set[ast.stmt] = set()
        self._looks_for_folders = re.search(r"\b(isdir|exists|listdir)\b", module.text) is not None
        self.everything = False
        for scope, anchors in way.anchors.items():
            self._add_scope(scope, anchors)
        self.root = self.states.get(module.tree) or self._add_scope(module.tree, None)

    @property
    def sliced(self) -> set[Scope]:
        return set(self.states) - ({self.module.tree} if self._imported else set())

    # -- scopes ------------------------------------------------------------------------------------------------

    def _add_scope(self, scope: Scope, anchors: list[ast.expr] | None) -> ScopeState:
        """With anchors: only what may run before them.  Without: a helper, all of it."""
        function = scope if isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef)) else None
        context = Context(self.module, function, self.module.class_of(function) if function else None)
        inside = list(statements(scope.body))
        before = set(inside) if anchors is None else self._before(scope, inside, anchors)
        if scope is self.module.tree and self.way.entry:
            before -= main_block(self.module)
        state = ScopeState(scope, context, inside, before)
        for statement in inside:
            facts = self.effects.facts(statement, context)
            state.flows |= facts.flows
            state.local |= {b for b in facts.binds if not b.startswith("self.")}
        if function is not None:
            state.local |= set(parameters(function))
            state.local -= declared(inside)
        self._self_flows |= {f for f in state.flows if f[0].startswith("self.") or f[1].startswith("self.")}
        self.states[scope] = state
        return state

    def _before(self, scope: Scope, inside: list[ast.stmt], anchors: list[ast.expr]) -> set[ast.stmt]:
        """Statements in front of the last anchor, and all of a loop that holds one."""
        if any(is_deferred(self.module, anchor) for anchor in anchors):
            return set(inside)
        last = max(self.module.span(a).end_line for a in anchors)
        found = {s for s in inside if s.lineno <= last}
        for anchor in anchors:
            for ancestor in self.module.ancestors(anchor):
                if ancestor is scope:
                    break
                if isinstance(ancestor, (ast.For, ast.AsyncFor, ast.While)):
                    found |= {s for s in ast.walk(ancestor) if isinstance(s, ast.stmt)}
        return found

    # -- the fixpoint ------------------------------------------------------------------------------------------

    def run(self) -> Keeping:
        for scope, anchors in self.way.anchors.items():
            for anchor in anchors:
                self._keep_anchor(self.states[scope], anchor)
            if any(is_deferred(self.module, anchor) for anchor in anchors):
                self._keep_dispatch(self.states[scope])
        if self._imported:
            self._keep_import()
        for function in self.way.entry:
            self._keep_definition(function)
            self._keep_maker(function)
        self.settle()
        keep_reloaded(self)
        keep_exits(self)
        self._keep_saves()
        self._keep_results()
        return self

    def _keep_results(self) -> None:
        """What a function on the way gives back after the site; its caller may take it apart."""
        for function in self.way.functions:
            state = self.states[function]
            for statement in state.all:
                parents = [a for a in self.module.ancestors(statement) if isinstance(a, ast.stmt)]
                inner = parents[: parents.index(function)] if function in parents else parents
                if isinstance(statement, ast.Return) and all(p in self.keep for p in inner):
                    self.keep.add(statement)

    def _keep_dispatch(self, state: ScopeState) -> None:
        """Calls through data, `ACTIONS[name]()` or `args.func(args)`: they may run what was handed on."""
        for statement in state.all:
            calls = self.effects.facts(statement, state.context).calls
            if any(is_dispatch(call, state.local - set(self.module.imports)) for call in calls):
                self._keep(state, statement)

    def settle(self) -> None:
        """Until nothing more can matter."""
        size = -1
        while size != self._size():
            size = self._size()
            for state in list(self.states.values()):
                self._pass(state)

    def _keep_saves(self) -> None:
        """What the program itself saves on the way, it may load again.  Values that are not known stay opaque."""
        for state in self.states.values():
            for statement in state.before - self.keep:
                if not isinstance(statement, ast.Expr) or not saves(statement.value):
                    continue
                parents = [a for a in self.module.ancestors(statement) if isinstance(a, ast.stmt)]
                if all(p in self.keep or p is state.scope or isinstance(p, Definition) for p in parents):
                    self.keep.add(statement)

    def _keep_import(self) -> None:
        """An import runs all of a module's own statements; objects of it are made by code elsewhere."""
        self.keep |= set(self.root.all)
        for function in self.way.functions:
            self._keep_maker(function)

    def _keep_maker(self, function: Function) -> None:
        """The constructor of a method's class: an object of it is made before the method is called."""
        cls = self.module.class_of(function)
        maker = constructor(cls) if cls is not None else None
        if maker is not None and maker not in self.states:
            self._add_helper(maker)

    def _size(self) -> int:
        names = sum(len(s.relevant) for s in self.states.values())
        return len(self.keep) + names + len(self._self_relevant) + len(self.states)

    def _pass(self, state: ScopeState) -> None:
        reachable = self._matters(state)
        for statement in state.all:
            if statement in self.keep or statement not in state.before:
                continue
            facts = self.effects.facts(statement, state.context)
            if self._must_keep(state, statement, facts, reachable):
                self._keep(state, statement)

    def _matters(self, state: ScopeState) -> set[str]:
        """Names of this scope whose change matters: relevant ones and those that may expose one."""
        relevant = state.relevant | self._self_relevant | (self.root.relevant - state.local)
        flows = state.flows | self._self_flows
        exposing = {t for t, _ in flows if closure({t}, flows) & relevant}
        return relevant | exposing

    def _must_keep(self, state: ScopeState, statement: ast.stmt, facts: Facts, matters: set[str]) -> bool:
        if isinstance(statement, (ast.Global, ast.Nonlocal)):
            return True
        if self._looks_for_folders and any(makes_folder(call) for call in facts.calls):
            return True
        if state.context.cls is not None and initialises_base(statement):
            return True
        if facts.ambient or (facts.dynamic and state.scope is self.module.tree):
            return True
        if self.everything and facts.binds and not isinstance(statement, Definition):
            return True
        if facts.binds & self._bound(state):
            return True
        if self._is_whole(state.context.cls) and touches_self(facts):
            return True
        if state.context.self_name in facts.changes and self._self_relevant:
            return True
        if facts.reads & self._lazy(state):
            return True
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            return self._registers(statement)
        return bool(facts.changes & matters)

    def _is_whole(self, cls: ast.ClassDef | None) -> bool:
        """The object itself is used in one of the methods, as in `self.load_state_dict(sd)`: all of it matters."""
        scopes = (s for s in self.states.values() if s.context.self_name in s.relevant)
        return cls is not None and any(related(self.module, cls, s.context.cls) for s in scopes)

    def _lazy(self, state: ScopeState) -> set[str]:
        """Names of kept generators: what they do, they do when somebody consumes them."""
        names: set[str] = set()
        for statement in self.keep:
            value = statement.value if isinstance(statement, ast.Assign) else None
            is_map = (
                isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in ("map", "filter")
            )
            if isinstance(value, ast.GeneratorExp) or is_map:
                names |= self.effects.facts(statement, state.context).binds
        return names

    def _bound(self, state: ScopeState) -> set[str]:
        outer = self.root.relevant if state is self.root else self.root.relevant - state.local
        return state.relevant | self._self_relevant | outer

    def _registers(self, statement: ast.Import | ast.ImportFrom) -> bool:
        """A module of the workspace that is imported and not used is there for its effect: `import models`.

        A function or class that is imported and not used is a leftover."""
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            return True
        return any(
            self.effects.is_workspace(self.module, statement, alias) and not self._is_used(alias)
            for alias in statement.names
        )

    def _is_used(self, alias: ast.alias) -> bool:
        name = alias.asname or alias.name.split(".")[0]
        if name == "*":
            return False
        return any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(self.module.tree))

    # -- keeping -----------------------------------------------------------------------------------------------

    def _keep_anchor(self, state: ScopeState, anchor: ast.expr) -> None:
        statement = next(a for a in self.module.ancestors(anchor) if isinstance(a, ast.stmt))
        if isinstance(statement, Definition):
            self._keep_definition(statement)
        self._keep(state, statement)

    def _keep(self, state: ScopeState, statement: ast.stmt) -> None:
        if statement in self.keep:
            return
        self.keep.add(statement)
        facts = self.effects.facts(statement, state.context)
        self.need(state, facts.reads)
        if facts.dynamic:
            self.everything = True
        if isinstance(statement, Definition):
            self._keep_body(state, statement)
        for call in facts.calls:
            self._keep_callee(state, call)
        self._keep_headers(state, statement)

    def _keep_headers(self, state: ScopeState, statement: ast.stmt) -> None:
        """The compound statements round a kept one, with what their headers read."""
        for ancestor in self.module.ancestors(statement):
            if ancestor is state.scope:
                break
            if not isinstance(ancestor, ast.stmt) or ancestor in self.keep:
                continue
            if isinstance(ancestor, ast.If) and self._is_guard(state, ancestor):
                self.keep.add(ancestor)
                need_if_cheap(self, state, ancestor)
            else:
                self._keep(state, ancestor)

    def _is_guard(self, state: ScopeState, statement: ast.stmt) -> bool:
        anchors = self.way.anchors.get(state.scope, [])
        return any(statement in list(self.module.ancestors(a)) for a in anchors)

    def need(self, state: ScopeState, names: Iterable[str]) -> None:
        for name in names:
            if name.startswith("self."):
                self._self_relevant.add(name)
            elif name in state.local:
                state.relevant.add(name)
            elif name not in BUILTINS or name in self.root.local:
                outer = self._enclosing(state, name)
                outer.relevant.add(name)

    def _enclosing(self, state: ScopeState, name: str) -> ScopeState:
        for ancestor in self.module.ancestors(state.scope):
            if isinstance(ancestor, FUNCTIONS) and ancestor in self.states and name in self.states[ancestor].local:
                return self.states[ancestor]
        return self.root

    # -- definitions and callees -------------------------------------------------------------------------------

    def _keep_definition(self, node: ast.stmt) -> None:
        """A definition and the definitions round it."""
        for ancestor in [node, *self.module.ancestors(node)]:
            if isinstance(ancestor, Definition):
                outer = next(a for a in self.module.ancestors(ancestor) if isinstance(a, (ast.Module, *FUNCTIONS)))
                state = self.states.get(outer)
                if state is not None:
                    self._keep(state, ancestor)

    def _keep_body(self, state: ScopeState, node: Definition) -> None:
        """What the body of a kept definition may read, where it is not sliced itself."""
        if isinstance(node, ast.ClassDef):
            for statement in node.body:
                if isinstance(statement, FUNCTIONS):
                    if statement.name not in _NEVER_RUN and not self._is_path_class(node):
                        self.need(state, self._free(statement))
                elif isinstance(statement, ast.ClassDef):
                    self.need(state, self.effects.facts(statement, state.context).reads)
                    self._keep_body(state, statement)
        elif node not in self.states:
            self.need(state, self._free(node))

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
        return (read - bound) | declared(statements(function.body))

    def _keep_callee(self, state: ScopeState, call: ast.Call) -> None:
        """A method of this file that a kept statement calls is sliced for what it does to the object."""
        known = self.effects.called(call, state.context)
        if known is None and isinstance(call.func, ast.Attribute):
            self._keep_methods_named(call.func.attr)
        for module, definition, cls in known or []:
            if module is not self.module:
                continue
            method = constructor(definition) if isinstance(definition, ast.ClassDef) else definition
            owner = definition if isinstance(definition, ast.ClassDef) else cls
            if method is None or method in self.states or owner is None or not self._is_path_class(owner):
                continue
            self._add_helper(method)

    def _keep_methods_named(self, name: str) -> None:
        """`runner.prepare()`: the object may be of a class through which the way leads."""
        for cls in {self.module.class_of(function) for function in self.way.functions} - {None}:
            for method in cls.body if cls is not None else ():
                if isinstance(method, FUNCTIONS) and method.name == name and method not in self.states:
                    self._add_helper(method)

    def _add_helper(self, method: Function) -> None:
        helper = self._add_scope(method, None)
        helper.relevant |= set(parameters(method)) - {str(helper.context.self_name)}
        for statement in helper.all:
            if isinstance(statement, ast.Return):
                self._keep(helper, statement)

    def _is_path_class(self, cls: ast.ClassDef) -> bool:
        """Classes whose methods lead to the site; others are kept whole."""
        return any(self.module.class_of(f) is cls for f in self.way.functions)
