"""What kind of statement it is."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from . import known
from .facts import Facts
from .tree import Definition, Function, Module, blocks, dotted

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def constructor(cls: ast.ClassDef) -> Function | None:
    """The class's own `__init__`."""
    return next((s for s in cls.body if isinstance(s, FUNCTIONS) and s.name == "__init__"), None)


def blocks_of(statement: ast.stmt) -> list[list[ast.stmt]]:
    """The statement lists that run when the statement does: not those of a definition."""
    return [] if isinstance(statement, Definition) else blocks(statement)


def declared(inside: Iterable[ast.stmt]) -> set[str]:
    """Names that `global` and `nonlocal` hand to an outer scope."""
    return {n for s in inside if isinstance(s, (ast.Global, ast.Nonlocal)) for n in s.names}


def is_dispatch(call: ast.Call, local: set[str]) -> bool:
    """A call of an item or an unknown attribute of a local variable."""
    func = call.func
    if isinstance(func, ast.Subscript):
        return True
    if not isinstance(func, ast.Attribute) or func.attr in known.FRESH_METHODS | known.SELF_METHODS:
        return False
    return isinstance(func.value, ast.Name) and func.value.id in local


def saves(node: ast.expr) -> bool:
    """A call of `torch.save`."""
    return isinstance(node, ast.Call) and dotted(node.func) == "torch.save"


def main_block(module: Module) -> set[ast.stmt]:
    """`if __name__ == "__main__":` and what is in it: it does not run where others call into the file."""
    found: set[ast.stmt] = set()
    for statement in module.tree.body:
        if isinstance(statement, ast.If) and "__name__" in ast.unparse(statement.test):
            found |= {node for node in ast.walk(statement) if isinstance(node, ast.stmt)}
    return found


def makes_folder(call: ast.Call) -> bool:
    """`os.makedirs(path)`: whoever looks for the folder later, finds it."""
    return dotted(call.func) in ("os.makedirs", "os.mkdir")


def leaves(statement: ast.stmt) -> bool:
    """After it, what follows in its block does not run."""
    if isinstance(statement, (ast.Return, ast.Raise, ast.Continue, ast.Break)):
        return True
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Call)
        and (dotted(statement.value.func) or "") in known.EXITS
    )


def touches_self(facts: Facts) -> bool:
    """Where the object itself is loaded, each of its attributes matters."""
    return any(n.startswith("self.") for n in facts.binds | facts.changes)


def initialises_base(statement: ast.stmt) -> bool:
    """`super().__init__()` or `nn.Module.__init__(self)`: without it the object is no module."""
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return False
    func = statement.value.func
    return isinstance(func, ast.Attribute) and func.attr == "__init__"
