"""Names of the text: which are taken, and what torch is called in it."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from ..tree import Function, Module, statements


@dataclass(frozen=True)
class TorchName:
    """How the text says `torch`."""

    alias: str
    imported_at: int | None = None
    """1-based line that `import torch` has to be put before; None where it is there."""


def taken(module: Module) -> frozenset[str]:
    """Every name that the text binds or reads anywhere; attributes and keywords are no names."""
    return frozenset(name for node in module.parents for name in _names(node))


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.arg):
        return [node.arg]
    if isinstance(node, ast.alias):
        return [(node.asname or node.name).split(".")[0]]
    if isinstance(node, (ast.Global, ast.Nonlocal)):
        return node.names
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler)):
        return [node.name] if node.name else []
    if isinstance(node, (ast.MatchAs, ast.MatchStar)):
        return [node.name] if node.name else []
    return [node.rest] if isinstance(node, ast.MatchMapping) and node.rest else []


def fresh(wanted: tuple[str, ...], names: frozenset[str]) -> str:
    """The first of `wanted` that is not taken, numbered if need be."""
    numbered = (f"{name}_{number}" for number in range(2, len(names) + 3) for name in wanted)
    return next(name for name in (*wanted, *numbered) if name not in names)


def torch_name(module: Module, function: Function | None) -> TorchName | None:
    """As seen from `function`.  None where the name stands for something else somewhere in the text."""
    own = function.body if function is not None else []
    imports = [s for s in statements([*own, *module.tree.body]) if isinstance(s, ast.Import)]
    found = next((alias.asname or "torch" for s in imports for alias in s.names if _binds_torch(alias)), None)
    if found is not None:
        return None if _rebinds(module, found) else TorchName(found)
    if _rebinds(module, "torch"):
        return None
    return TorchName("torch", None if "torch" in taken(module) else import_line(module.tree))


def _binds_torch(alias: ast.alias) -> bool:
    return alias.name == "torch" or (alias.name.startswith("torch.") and alias.asname is None)


def _rebinds(module: Module, name: str) -> bool:
    """Whether anything but an import of torch binds the name."""
    for node in module.parents:
        if isinstance(node, ast.Name):
            bound = node.id == name and not isinstance(node.ctx, ast.Load)
        elif isinstance(node, ast.alias):
            bound = (node.asname or node.name) == name and not _binds_torch(node)
        else:
            bound = name in _names(node)
        if bound:
            return True
    return False


def import_line(tree: ast.Module) -> int:
    """After the imports that the text begins with; without any, before its first statement."""
    line = None
    for statement in tree.body:
        if not isinstance(statement, (ast.Import, ast.ImportFrom)) and not _is_docstring(statement):
            return line or _first_line(statement)
        line = (statement.end_lineno or statement.lineno) + 1
    return line or 1


def _first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def _is_docstring(statement: ast.stmt) -> bool:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)
