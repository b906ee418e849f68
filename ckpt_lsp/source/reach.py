"""How the program comes to a load site: the functions of its file that lead there, and the calls between them."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from .tree import Function, Module, dotted, parameters

Scope = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(eq=False)
class Reach:
    """`anchors[scope]` are the nodes of a scope through which the program comes to the site."""

    anchors: dict[Scope, list[ast.expr]] = field(default_factory=dict)
    entry: list[Function] = field(default_factory=list)
    """Outermost function that nobody in the file calls, outermost first with the functions round it; empty where
    the module's own statements lead to the site.  Set by `entries`."""

    @property
    def functions(self) -> list[Function]:
        return [s for s in self.anchors if isinstance(s, (ast.FunctionDef, ast.AsyncFunctionDef))]


def is_deferred(module: Module, anchor: ast.expr) -> bool:
    """A mention, or a call in a lambda: it runs when somebody calls what it was handed to."""
    if not isinstance(anchor, ast.Call):
        return True
    function = module.function_of(anchor)
    for ancestor in module.ancestors(anchor):
        if isinstance(ancestor, ast.Lambda):
            return True
        if ancestor is function:
            break
    return False


def reach(module: Module, targets: list[ast.expr]) -> Reach:
    """From `targets` back through their callers in the same file."""
    found = Reach()
    waiting = list(targets)
    while waiting:
        node = waiting.pop()
        function = module.function_of(node)
        scope: Scope = module.tree if function is None else function
        first_visit = scope not in found.anchors
        found.anchors.setdefault(scope, []).append(node)
        if function is not None and first_visit:
            waiting.extend(_callers(module, function))
    return found


def _callers(module: Module, function: Function) -> list[ast.expr]:
    """Calls and mentions of `function` outside itself."""
    cls = module.class_of(function)
    names = {function.name}
    if cls is not None and function.name in ("__init__", "__new__", "__post_init__", "setup"):
        names = {cls.name} | {c.name for c in subclasses(module, cls)} | ({function.name} - {"__init__", "__new__"})
    found: list[ast.expr] = []
    for node in ast.walk(module.tree):
        if not isinstance(node, (ast.Name, ast.Attribute)) or not isinstance(node.ctx, ast.Load):
            continue
        named = node.id if isinstance(node, ast.Name) else node.attr
        plain = isinstance(node, ast.Name)
        if named not in names or (plain and cls is not None and named == function.name):
            continue
        if not plain and (cls is None or _is_of_module(module, node) or _is_of_another_class(module, node, cls)):
            continue
        if function in list(module.ancestors(node)) or _is_annotation(module, node) or _is_base(module, node):
            continue
        parent = module.parents.get(node)
        found.append(parent if isinstance(parent, ast.Call) and parent.func is node else node)
    return found


def _is_of_module(module: Module, node: ast.expr) -> bool:
    """`torch.load` is a function of an imported module, not a method `load`."""
    imported = module.imports.get((dotted(node) or "").split(".")[0])
    return imported is not None and imported.attribute is None


def _is_of_another_class(module: Module, node: ast.expr, cls: ast.ClassDef) -> bool:
    """`self.load` in a class that has nothing to do with `cls`."""
    function = module.function_of(node)
    owner = module.class_of(function) if function is not None else None
    if function is None or owner is None or not isinstance(node, ast.Attribute):
        return False
    own = isinstance(node.value, ast.Name) and parameters(function)[:1] == [node.value.id]
    return own and not related(module, owner, cls)


def subclasses(module: Module, cls: ast.ClassDef) -> list[ast.ClassDef]:
    """Classes of the file that inherit the constructor of `cls`."""
    found = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ClassDef) and any(isinstance(b, ast.Name) and b.id == cls.name for b in node.bases):
            found += [node, *subclasses(module, node)]
    return found


def related(module: Module, one: ast.ClassDef, other: ast.ClassDef | None) -> bool:
    """The same class of the file, or one inherits from the other, or a third from both."""
    if other is None:
        return False
    first, second = ([cls, *subclasses(module, cls)] for cls in (one, other))
    return any(cls in second for cls in first)


def _is_annotation(module: Module, node: ast.expr) -> bool:
    parent = module.parents.get(node)
    if isinstance(parent, ast.arg):
        return True
    if isinstance(parent, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return parent.returns is node
    return isinstance(parent, ast.AnnAssign) and parent.annotation is node


def _is_base(module: Module, node: ast.expr) -> bool:
    parent = module.parents.get(node)
    while isinstance(parent, ast.Attribute):
        node, parent = parent, module.parents.get(parent)
    if isinstance(parent, ast.ClassDef):
        return node in parent.bases
    # `super(Net, self).__init__()` inside the class names it without making one.
    return (
        isinstance(parent, ast.Call) and isinstance(parent.func, ast.Name) and parent.func.id in ("super", "isinstance")
    )


def entries(module: Module, found: Reach) -> list[Reach]:
    """The ways in from the outermost functions, each with its own; only that where the file itself leads to the site.

    A function that nobody in the file calls may be called from elsewhere.  Where they call each other in a circle, the
    site's own stands for them."""
    if module.tree in found.anchors:
        return [Reach(_below(module, found, module.tree))]
    functions = found.functions
    tops = [f for f in functions if not _callers(module, f)] or functions[:1]
    return [_from(module, found, top) for top in tops]


def loose_ends(module: Module, found: Reach) -> list[Reach]:
    """The ways in from the functions that nothing in the file calls, though it may hand them on: `NETS = {"a": f}`."""
    tops = [f for f in found.functions if all(is_deferred(module, node) for node in _callers(module, f))]
    return [_from(module, found, top) for top in tops]


def _from(module: Module, found: Reach, top: Function) -> Reach:
    around = [a for a in module.ancestors(top) if isinstance(a, (ast.FunctionDef, ast.AsyncFunctionDef))]
    return Reach(_below(module, found, top), [*reversed(around), top])


def _below(module: Module, found: Reach, top: Scope) -> dict[Scope, list[ast.expr]]:
    """The anchors of the scopes that `top` leads to, itself included."""
    scopes: list[Scope] = [top]
    for scope in scopes:
        called = found.anchors.get(scope, [])
        for function in found.functions:
            if function not in scopes and any(call in called for call in _callers(module, function)):
                scopes.append(function)
    return {scope: nodes for scope, nodes in found.anchors.items() if scope in scopes}


def entry_call(module: Module, found: Reach) -> str | None:
    """Source of the call that starts the program at `found.entry`; unknown arguments are opaque.

    None where the entry is a function inside a function: there is no way to name it from outside."""
    if len(found.entry) != 1:
        return None
    function = found.entry[0]
    call = _call(module, function)
    return f'__import__("asyncio").run({call})' if isinstance(function, ast.AsyncFunctionDef) else call


def _call(module: Module, function: Function) -> str:
    cls = module.class_of(function)
    if cls is None:
        return f"{function.name}({_unknown_arguments(function, 0)})"
    if function.name in ("__init__", "__new__"):
        return f"{cls.name}({_unknown_arguments(function, 1)})"
    decorators = {d.id for d in function.decorator_list if isinstance(d, ast.Name)}
    if decorators & {"classmethod", "staticmethod"}:
        return f"{cls.name}.{function.name}({_unknown_arguments(function, 1 if 'classmethod' in decorators else 0)})"
    constructor = next((s for s in cls.body if isinstance(s, ast.FunctionDef) and s.name == "__init__"), None)
    made = f"{cls.name}({_unknown_arguments(constructor, 1) if constructor else ''})"
    if "property" in decorators:
        return f"{made}.{function.name}"
    return f"{made}.{function.name}({_unknown_arguments(function, 1)})"


def _unknown_arguments(function: Function, skip: int) -> str:
    arguments = function.args
    positional = arguments.posonlyargs + arguments.args
    required = positional[skip : len(positional) - len(arguments.defaults)]
    given = [_unknown(a.arg, function) for a in required]
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if default is None:
            given.append(f"{argument.arg}={_unknown(argument.arg, function)}")
    return ", ".join(given)


def _unknown(parameter: str, function: Function) -> str:
    assert parameter in parameters(function)
    return f'__ckpt_parameter__("{parameter}", "{function.name}")'
