"""Reads the facts of one statement: what it binds, reads and may change."""

from __future__ import annotations

import ast
import builtins
from typing import Protocol

from . import known
from .arguments import argument_of, as_argument, changes_its_module, flows, is_assigned, is_static, own_self
from .callees import Callee, Callees, Context
from .facts import AMBIENT, FORWARD, HARMLESS, UNKNOWN, Facts, Summary
from .tree import Definition, Function, Module, Resolve, dotted, parameters


class Summaries(Protocol):
    """What the reader asks of `effects`."""

    resolve: Resolve

    def summary(self, module: Module, function: Function, cls: ast.ClassDef | None) -> Summary: ...

    def called(self, call: ast.Call, context: Context) -> list[Callee] | None: ...


class Reader(ast.NodeVisitor):
    """Collects the facts of one statement."""

    def __init__(self, effects: Summaries, context: Context) -> None:
        self._effects = effects
        self._context = context
        self._facts = Facts()
        self._discarded: ast.expr | None = None

    def read(self, statement: ast.stmt) -> Facts:
        if isinstance(statement, Definition):
            self._definition(statement)
        elif isinstance(statement, (ast.Import, ast.ImportFrom)):
            self._facts.binds |= {a.asname or a.name.split(".")[0] for a in statement.names}
        else:
            self._discarded = statement.value if isinstance(statement, ast.Expr) else None
            self._own_expressions(statement)
        if any(self._is_shared(name) for name in self._facts.changes):
            self._facts.ambient = True
        return self._facts

    def _is_shared(self, name: str) -> bool:
        """An object of another module of the workspace, `cfg` say: that module sees the change under its own name."""
        imported = self._context.module.imports.get(name)
        if imported is None or known.LOGGERS.match(name):
            return False
        return self._effects.resolve(self._context.module, imported) is not None

    # -- what a statement is made of ---------------------------------------------------------------------------

    def _definition(self, node: Definition) -> None:
        self._facts.binds.add(node.name)
        outer: list[ast.AST] = list(node.decorator_list)
        if isinstance(node, ast.ClassDef):
            outer += list(node.bases) + [k.value for k in node.keywords]
            outer += [s for s in node.body if not isinstance(s, Definition)]
        else:
            outer += [d for d in node.args.defaults + node.args.kw_defaults if d is not None]
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
            self._bind(statement.target, self.exposed(statement.iter))
        elif isinstance(statement, (ast.With, ast.AsyncWith)):
            for item in statement.items:
                self.visit(item.context_expr)
                if item.optional_vars is not None:
                    self._bind(item.optional_vars, self.exposed(item.context_expr))
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
                        self._facts.flows |= {(name, source) for source in self.exposed(statement.subject)}
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
        sources = self.exposed(statement.value)
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
            for root in self.exposed(target):
                self._facts.flows |= {(root, s) for s in sources if s != root and flows(root, s, target)}

    def _store(self, target: ast.expr) -> None:
        """A name is bound; an attribute or an item changes the object that holds it."""
        name = self._context.variable(target)
        if name is not None:
            self._facts.binds.add(name)
            return
        if isinstance(target, (ast.Attribute, ast.Subscript)):
            self._facts.changes |= self.exposed(target.value)
            path = dotted(target if isinstance(target, ast.Attribute) else target.value) or ""
            if known.AMBIENT.match(path) or (known.PATCHED.match(path) and self._is_import(path)):
                self._facts.ambient = True
            self.visit(target.value)
            if isinstance(target, ast.Subscript):
                self.visit(target.slice)
        elif isinstance(target, (ast.Tuple, ast.List)):
            for element in target.elts:
                self._store(element)

    def _is_import(self, path: str) -> bool:
        return path.split(".")[0] in self._context.module.imports

    # -- expressions -------------------------------------------------------------------------------------------

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self._facts.reads.add(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        for module, function, cls in self._context.module.properties(node.attr):
            if any(c.startswith("self.") for c in self._effects.summary(module, function, cls).changes):
                self._facts.changes |= self.exposed(node.value)
        name = self._context.variable(node)
        if name is not None:
            self._facts.reads.add(name)
        else:
            self.generic_visit(node)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        self._bind(node.target, self.exposed(node.value))

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self.generic_visit(node)
        sources = self.exposed(node.iter)
        names = {n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)}
        self._facts.flows |= {(name, source) for name in names for source in sources if name != source}

    def visit_Lambda(self, node: ast.Lambda) -> None:
        own = {a.arg for a in node.args.args + node.args.kwonlyargs}
        before = set(self._facts.reads)
        self.generic_visit(node)
        self._facts.reads -= own - before

    def visit_Call(self, node: ast.Call) -> None:
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
                given = self._arguments_exposed(node)
                self._facts.flows |= {(a.arg, s) for a in function.args.args for s in given if s != a.arg}
        if self._is_inherited(node.func):
            self._facts.reads.add(str(self._context.self_name))
        summary = self._summary_of(node)
        self._facts.ambient = self._facts.ambient or summary.ambient
        self._facts.changes |= self._mapped(summary.changes, node)
        # A container that takes an object in exposes it from then on: `models.append(net)`.
        if isinstance(node.func, ast.Attribute) and summary is UNKNOWN:
            for root in self.exposed(node.func.value):
                self._facts.flows |= {(root, s) for s in self._arguments_exposed(node) if s != root}

    def _handed_on(self, given: ast.expr) -> set[str]:
        """What a function or bound method may change that a call is given: it may be called there."""
        if isinstance(given, ast.Attribute) and given.attr in known.MUTATORS:
            return self.exposed(given.value)
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

    def _arguments_exposed(self, call: ast.Call) -> set[str]:
        found: set[str] = set()
        for value in list(call.args) + [k.value for k in call.keywords]:
            found |= self.exposed(value)
        return found

    def _mapped(self, names: frozenset[str], call: ast.Call) -> set[str]:
        """Names of a callee in terms of this call: parameters become what stands for them."""
        found: set[str] = set()
        for name in names:
            if name.startswith("global:"):
                found.add(name[7:])
            elif name.startswith("self."):
                found |= self._attribute_of_receiver(call, name)
            elif name.startswith("argument:"):
                found |= self.exposed(argument_of(call, int(name.split(":")[1]), name) or ast.Constant(None))
        if names & {"*", "arguments"}:
            found |= self._arguments_exposed(call)
        if "*" in names:
            found |= self.exposed(call.func.value if isinstance(call.func, ast.Attribute) else call.func)
        return found

    def _attribute_of_receiver(self, call: ast.Call, name: str) -> set[str]:
        if not isinstance(call.func, ast.Attribute):
            return set()
        receiver = call.func.value
        if isinstance(receiver, ast.Name) and receiver.id == self._context.self_name:
            return {name}
        return self.exposed(receiver)

    def _summary_of(self, call: ast.Call) -> Summary:
        """What this call may change, `argument:N` standing for its N-th argument."""
        func = call.func
        path = dotted(func)
        if isinstance(func, ast.Name) and func.id not in self._context.module.definitions:
            if func.id in known.PURE_BUILTINS:
                return HARMLESS
            if func.id in known.VIEWING_BUILTINS:
                return Summary(escapes=frozenset({"*"}))
        callees = self._effects.called(call, self._context)
        if callees is None and self._is_shared((path or "?").split(".")[0]):
            return AMBIENT
        if callees:
            return self._summary_of_definitions(callees, call)
        if path is not None and path.split(".")[0] in self._context.module.imports and callees == []:
            return self._third_party(path, call is self._discarded)
        if isinstance(func, ast.Attribute):
            if func.attr in known.FRESH_METHODS:
                return HARMLESS
            if func.attr in known.SELF_METHODS:
                return Summary(escapes=frozenset({"receiver"}))
        return FORWARD if self._is_object(func) and not self._is_bound_method(func) else UNKNOWN

    def _is_object(self, func: ast.expr) -> bool:
        """Calling a variable that holds an object runs its forward: `model(x)`, `self.net(x)`."""
        name = self._context.variable(func)
        if name is None or name in self._context.module.definitions:
            return False
        return not name.startswith("self.") or is_assigned(self._context.cls, func)

    def _is_bound_method(self, func: ast.expr) -> bool:
        """`drop = sd.pop` makes `drop(...)` change `sd`."""
        name = self._context.variable(func)
        scope: ast.AST = self._context.function or self._context.module.tree
        for node in ast.walk(scope if name and not name.startswith("self.") else self._context.module.tree):
            if isinstance(node, ast.Assign) and any(self._context.variable(t) == name for t in node.targets):
                value = node.value
                if isinstance(value, ast.Attribute) and value.attr in known.MUTATORS:
                    return True
                if isinstance(value, ast.Call) and (dotted(value.func) or "").endswith(("getattr", "partial")):
                    return True
        return False

    def _third_party(self, path: str, discarded: bool) -> Summary:
        if discarded and not known.HARMLESS_STATEMENTS.search(path):
            # Its result is not used, so it is called for what it does to its arguments.
            return UNKNOWN
        if known.MODULE_CHANGERS.search(path) or path.endswith(".__init__"):
            return UNKNOWN
        if path.startswith(("torch.optim", "optim.", "torch.save", "torch.utils.data")):
            return HARMLESS
        return Summary(escapes=frozenset({"*"}))

    def _summary_of_definitions(self, callees: list[Callee], call: ast.Call) -> Summary:
        changes: set[str] = set()
        escapes: set[str] = set()
        ambient = False
        for module, definition, cls in callees:
            function = definition
            if isinstance(definition, ast.ClassDef):
                constructor = Callees(self._effects.resolve, Context(module)).method(module, definition, "__init__")
                if not constructor:
                    escapes.add("*")
                    continue
                module, function, cls = constructor[0]
            assert isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
            summary = self._effects.summary(module, function, cls)
            ambient = ambient or summary.ambient or changes_its_module(module, self._context.module, summary)
            changes |= {f"global:{name}" for name in self._changed_defaults(function, summary)}
            names = parameters(function)
            offset = 1 if cls is not None and not is_static(function) else 0
            changes |= {as_argument(c, names, offset) for c in summary.changes if not own_self(c, definition)}
            escapes |= {as_argument(c, names, offset) for c in summary.escapes}
        return Summary(frozenset(changes), frozenset(escapes), ambient)

    def _changed_defaults(self, function: Function, summary: Summary) -> set[str]:
        """`def clean(key, d=sd)`: a call that leaves `d` out changes `sd`."""
        positional = function.args.posonlyargs + function.args.args
        pairs = list(zip(reversed(positional), reversed(function.args.defaults), strict=False))
        pairs += [(a, d) for a, d in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True) if d]
        return {name for a, default in pairs if a.arg in summary.changes for name in self.exposed(default)}

    # -- exposure ----------------------------------------------------------------------------------------------

    def exposed(self, node: ast.expr) -> set[str]:
        """Variables whose object may be (part of) the value of `node`."""
        name = self._context.variable(node)
        if name is not None:
            return {name}
        if isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred, ast.Await, ast.NamedExpr)):
            return self.exposed(node.value)
        if isinstance(node, ast.Call):
            return self._exposed_by_call(node)
        if isinstance(node, (ast.Constant, ast.JoinedStr, ast.Compare, ast.UnaryOp)):
            return set()
        if isinstance(node, ast.IfExp):
            return self.exposed(node.body) | self.exposed(node.orelse)
        found: set[str] = set()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                found |= self.exposed(child)
            elif isinstance(child, ast.comprehension):
                found |= self.exposed(child.iter)
        return found

    def _exposed_by_call(self, call: ast.Call) -> set[str]:
        escapes = self._summary_of(call).escapes
        found: set[str] = set()
        if escapes & {"*", "receiver"} and isinstance(call.func, ast.Attribute):
            root = (dotted(call.func) or "").split(".")[0]
            if root not in self._context.module.imports:
                found |= self.exposed(call.func.value)
        if escapes & {"*", "arguments"}:
            found |= self._arguments_exposed(call)
        for name in escapes:
            if name.startswith("argument:"):
                found |= self.exposed(argument_of(call, int(name.split(":")[1]), name) or ast.Constant(None))
        return found
