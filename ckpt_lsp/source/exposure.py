"""What a call may change, and which variables hold what an expression gives.

The two rest on each other: what a call changes are the variables that its arguments expose, and what it gives back
may expose them again.
"""

from __future__ import annotations

import ast
from typing import Protocol

from . import known
from .arguments import argument_of, as_argument, changes_its_module, is_assigned, is_static, own_self
from .callees import Callee, Callees, Context
from .facts import AMBIENT, FORWARD, HARMLESS, TAKES_IN, UNKNOWN, Summary
from .tree import Function, Module, Resolve, dotted, parameters


class Summaries(Protocol):
    """What the reader asks of `effects`."""

    resolve: Resolve

    def summary(self, module: Module, function: Function, cls: ast.ClassDef | None) -> Summary: ...

    def called(self, call: ast.Call, context: Context) -> list[Callee] | None: ...


class Exposure:
    """Of the expressions in one scope."""

    def __init__(self, effects: Summaries, context: Context) -> None:
        self._effects = effects
        self._context = context
        self.discarded: ast.expr | None = None
        """The call whose result nobody uses, since it is a statement of its own."""

    def is_shared(self, name: str) -> bool:
        """An object of another module of the workspace, `cfg` say: that module sees the change under its own name."""
        imported = self._context.module.imports.get(name)
        if imported is None or known.LOGGERS.match(name):
            return False
        return self._effects.resolve(self._context.module, imported) is not None

    def arguments_exposed(self, call: ast.Call) -> set[str]:
        found: set[str] = set()
        for value in list(call.args) + [k.value for k in call.keywords]:
            found |= self.exposed(value)
        return found

    def mapped(self, names: frozenset[str], call: ast.Call) -> set[str]:
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
            found |= self.arguments_exposed(call)
        if names & {"*", "receiver"}:
            found |= self._exposed_callee(call.func)
        return found

    def _exposed_callee(self, func: ast.expr) -> set[str]:
        """The object whose method is called, the module whose function is, or the variable that is called."""
        if isinstance(func, ast.Attribute):
            return self.holders(func)
        is_function = isinstance(func, ast.Name) and func.id in self._context.module.imports
        return set() if is_function else self.exposed(func)

    def holders(self, attribute: ast.Attribute) -> set[str]:
        """What holds an attribute; of a library's, the name under which the library was imported."""
        if self._is_of_library(attribute):
            return {(dotted(attribute) or "").split(".")[0]}
        return self.exposed(attribute.value)

    def _attribute_of_receiver(self, call: ast.Call, name: str) -> set[str]:
        if not isinstance(call.func, ast.Attribute):
            return {name}  # A function inside a method sees that method's object.
        receiver = call.func.value
        if isinstance(receiver, ast.Name) and receiver.id == self._context.self_name:
            return {name}
        return self.exposed(receiver)

    def summary_of(self, call: ast.Call) -> Summary:
        """What this call may change, `argument:N` standing for its N-th argument."""
        func = call.func
        path = dotted(func)
        if isinstance(func, ast.Name) and func.id not in self._context.module.definitions:
            if func.id in known.PURE_BUILTINS:
                return HARMLESS
            if func.id in known.VIEWING_BUILTINS:
                return Summary(escapes=frozenset({"*"}))
        callees = self._effects.called(call, self._context)
        if callees is None and self.is_shared((path or "?").split(".")[0]):
            return AMBIENT
        if callees:
            return self._summary_of_definitions(callees, call)
        if path is not None and path.split(".")[0] in self._context.module.imports and callees == []:
            return self._third_party(path, call is self.discarded)
        if isinstance(func, ast.Attribute):
            if func.attr in known.FRESH_METHODS:
                return HARMLESS
            if func.attr in known.SELF_METHODS:
                return Summary(escapes=frozenset({"receiver"}))
            if func.attr in known.TAKING_METHODS:
                return TAKES_IN
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
        if path.startswith(("torch.optim", "optim.", "torch.save", "torch.utils.data")) or known.COPIES.search(path):
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
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super" and node.args:
            return self.exposed(node.args[-1])
        name = self._context.variable(node)
        if name is not None:
            return {name}
        if isinstance(node, ast.Attribute) and self._is_of_library(node):
            return set()
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

    def _is_of_library(self, node: ast.Attribute) -> bool:
        """`np.int32`, `nn.ReLU`: handing on what a library defines hands on nothing of the program's."""
        root = (dotted(node) or "").split(".")[0]
        imported = self._context.module.imports.get(root)
        if imported is None or imported.level or imported.module.split(".")[0] not in known.LIBRARIES:
            return False
        return self._effects.resolve(self._context.module, imported) is None

    def _exposed_by_call(self, call: ast.Call) -> set[str]:
        escapes = self.summary_of(call).escapes
        found: set[str] = set()
        if escapes & {"*", "receiver"} and isinstance(call.func, ast.Attribute):
            root = (dotted(call.func) or "").split(".")[0]
            if root not in self._context.module.imports:
                found |= self.exposed(call.func.value)
        if escapes & {"*", "arguments"}:
            found |= self.arguments_exposed(call)
        for name in escapes:
            if name.startswith("argument:"):
                found |= self.exposed(argument_of(call, int(name.split(":")[1]), name) or ast.Constant(None))
        return found
