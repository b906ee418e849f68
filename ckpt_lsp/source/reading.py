"""Reads the facts of one statement: what it binds, reads and may change."""

from __future__ import annotations

import ast
import builtins

from . import known
from .arguments import is_assigned, is_configuration
from .callees import Callees, Context
from .exposure import Exposure, Summaries
from .facts import TAKES_IN, UNKNOWN, Facts
from .tree import Definition, annotated, dotted


class Reader(ast.NodeVisitor):
    """Collects the facts of one statement."""

    def __init__(self, effects: Summaries, context: Context) -> None:
        self._effects = effects
        self._context = context
        self._facts = Facts()
        self._calls = Exposure(effects, context)

    def read(self, statement: ast.stmt) -> Facts:
        if isinstance(statement, Definition):
            self._definition(statement)
        elif isinstance(statement, (ast.Import, ast.ImportFrom)):
            self._facts.binds |= {a.asname or a.name.split(".")[0] for a in statement.names}
        else:
            self._calls.discarded = statement.value if isinstance(statement, ast.Expr) else None
            self._own_expressions(statement)
        if any(self._calls.is_shared(name) for name in self._facts.changes):
            self._facts.ambient = True
        return self._facts

    # -- what a statement is made of ---------------------------------------------------------------------------

    def _definition(self, node: Definition) -> None:
        self._facts.binds.add(node.name)
        outer: list[ast.AST] = list(node.decorator_list)
        if isinstance(node, ast.ClassDef):
            outer += list(node.bases) + [k.value for k in node.keywords]
            outer += [s for s in node.body if not isinstance(s, Definition)]
        else:
            outer += [d for d in node.args.defaults + node.args.kw_defaults if d is not None]
            # A decorator may look at the annotations, as that of a web framework does.
            outer += annotated(node) if node.decorator_list else []
        for part in outer:
            for inner in ast.walk(part):
                if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load):
                    self._facts.reads.add(inner.id)
        # A decorator of the workspace may register what it decorates: `@MODELS.register()`.
        self._facts.ambient = any(map(self._is_own_decorator, node.decorator_list))

    def _is_own_decorator(self, decorator: ast.expr) -> bool:
        path = dotted(decorator.func if isinstance(decorator, ast.Call) else decorator)
        root = (path or "?").split(".")[0]
        imported = self._context.module.imports.get(root)
        if imported is not None:
            return self._effects.resolve(self._context.module, imported) is not None
        return not hasattr(builtins, root) and root in self._context.module.bound

    def _own_expressions(self, statement: ast.stmt) -> None:
        if isinstance(statement, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            self._assignment(statement)
        elif isinstance(statement, (ast.For, ast.AsyncFor)):
            self.visit(statement.iter)
            self._bind(statement.target, self._calls.exposed(statement.iter))
        elif isinstance(statement, (ast.With, ast.AsyncWith)):
            for item in statement.items:
                self.visit(item.context_expr)
                if item.optional_vars is not None:
                    self._bind(item.optional_vars, self._calls.exposed(item.context_expr))
        elif isinstance(statement, ast.Delete):
            for target in statement.targets:
                self._store(target)
        elif isinstance(statement, ast.Try):
            self._facts.binds |= {h.name for h in statement.handlers if h.name}
            for handler in statement.handlers:
                if handler.type is not None:
                    self.visit(handler.type)
        else:
            self._rest(statement)

    def _rest(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.Match):
            for case in statement.cases:
                for node in ast.walk(case.pattern):
                    name = getattr(node, "name", None) or getattr(node, "rest", None)
                    if isinstance(name, str):
                        self._facts.binds.add(name)
                        self._facts.flows |= {(name, source) for source in self._calls.exposed(statement.subject)}
                    if isinstance(node, ast.expr):
                        self.visit(node)
                if case.guard is not None:
                    self.visit(case.guard)
        for child in ast.iter_child_nodes(statement):
            if isinstance(child, ast.expr):
                self.visit(child)

    def _assignment(self, statement: ast.Assign | ast.AnnAssign | ast.AugAssign) -> None:
        if statement.value is None:
            return
        self.visit(statement.value)
        sources = self._calls.exposed(statement.value)
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        for target in targets:
            if isinstance(statement, ast.AugAssign):
                name = self._context.variable(target)
                self._facts.reads |= {name} if name else set()
                self._facts.changes |= {name} if name else set()
            self._bind(target, sources)

    def _bind(self, target: ast.expr, sources: set[str]) -> None:
        if isinstance(target, (ast.Tuple, ast.List)):
            for element in target.elts:
                self._bind(element, sources)
        elif isinstance(target, ast.Starred):
            self._bind(target.value, sources)
        else:
            self._store(target)
            for root in self._calls.exposed(target):
                self._facts.flows |= {(root, s) for s in sources if s != root and not is_configuration(s)}

    def _store(self, target: ast.expr) -> None:
        """A name is bound; an attribute or an item changes the object that holds it."""
        name = self._context.variable(target)
        if name is not None:
            self._facts.binds.add(name)
            return
        if isinstance(target, (ast.Attribute, ast.Subscript)):
            self._facts.changes |= self._changed_by_store(target)
            path = dotted(target if isinstance(target, ast.Attribute) else target.value) or ""
            if known.AMBIENT.match(path) or (known.PATCHED.match(path) and self._is_import(path)):
                self._facts.ambient = True
            self.visit(target.value)
            if isinstance(target, ast.Subscript):
                self.visit(target.slice)
        elif isinstance(target, (ast.Tuple, ast.List)):
            for element in target.elts:
                self._store(element)

    def _changed_by_store(self, target: ast.Attribute | ast.Subscript) -> set[str]:
        holder = target if isinstance(target, ast.Attribute) else target.value
        return self._calls.holders(holder) if isinstance(holder, ast.Attribute) else self._calls.exposed(target.value)

    def _is_import(self, path: str) -> bool:
        return path.split(".")[0] in self._context.module.imports

    # -- expressions -------------------------------------------------------------------------------------------

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self._facts.reads.add(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        for module, function, cls in self._context.module.properties(node.attr):
            if any(c.startswith("self.") for c in self._effects.summary(module, function, cls).changes):
                self._facts.changes |= self._calls.exposed(node.value)
        name = self._context.variable(node)
        if name is not None:
            self._facts.reads.add(name)
        else:
            self.generic_visit(node)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        self._bind(node.target, self._calls.exposed(node.value))

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self.generic_visit(node)
        sources = self._calls.exposed(node.iter)
        names = {n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)}
        self._facts.flows |= {(name, source) for name in names for source in sources if name != source}

    def visit_Lambda(self, node: ast.Lambda) -> None:
        own = {a.arg for a in node.args.args + node.args.kwonlyargs}
        before = set(self._facts.reads)
        self.generic_visit(node)
        self._facts.reads -= own - before

    def visit_Call(self, node: ast.Call) -> None:
        if _is_super(node):
            self._facts.reads |= {n.id for n in node.args[:1] if isinstance(n, ast.Name)}
            return
        self.generic_visit(node)
        self._facts.calls.append(node)
        path = dotted(node.func) or ""
        if known.AMBIENT.match(path):
            self._facts.ambient = True
        if path in known.DYNAMIC_BUILTINS:
            self._facts.dynamic = True
        for argument in [*node.args, *(k.value for k in node.keywords)]:
            self._facts.changes |= self._handed_on(argument)
        for function in node.args:
            # `map(lambda d: d.pop("x"), dicts)`: what the call is given may become the parameter.
            if isinstance(function, ast.Lambda):
                given = self._calls.arguments_exposed(node)
                self._facts.flows |= {(a.arg, s) for a in function.args.args for s in given if s != a.arg}
        if self._is_inherited(node.func):
            self._facts.reads.add(str(self._context.self_name))
        summary = self._calls.summary_of(node)
        self._facts.ambient = self._facts.ambient or summary.ambient
        self._facts.changes |= self._calls.mapped(summary.changes, node)
        # A container that takes an object in exposes it from then on: `models.append(net)`.
        if isinstance(node.func, ast.Attribute) and summary in (UNKNOWN, TAKES_IN):
            given = {name for name in self._calls.arguments_exposed(node) if not is_configuration(name)}
            for root in self._calls.exposed(node.func.value):
                self._facts.flows |= {(root, name) for name in given - {root}}

    def _handed_on(self, given: ast.expr) -> set[str]:
        """What a function or bound method may change that a call is given: it may be called there."""
        if isinstance(given, ast.Attribute) and given.attr in known.MUTATORS:
            return self._calls.exposed(given.value)
        if not isinstance(given, ast.Name):
            return set()
        changes: set[str] = set()
        for module, definition, cls in Callees(self._effects.resolve, self._context).of(given) or []:
            if not isinstance(definition, ast.ClassDef):
                summary = self._effects.summary(module, definition, cls)
                changes |= {c[7:] for c in summary.changes if c.startswith("global:")}
        return changes

    def _is_inherited(self, func: ast.expr) -> bool:
        """`self.load_state_dict(...)`, `self.apply(...)`: a method of a base elsewhere looks at all of self."""
        name = self._context.variable(func)
        if name is None or not name.startswith("self.") or not isinstance(func, ast.Attribute):
            return False
        return not is_assigned(self._context.cls, func) and not Callees(self._effects.resolve, self._context).of(func)


def _is_super(call: ast.Call) -> bool:
    """`super(Net, self)` hands the object on to nobody."""
    return isinstance(call.func, ast.Name) and call.func.id == "super"
