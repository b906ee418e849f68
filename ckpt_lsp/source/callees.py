"""Which definitions of the workspace a call may run."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from .tree import Definition, Function, Import, Module, Resolve, dotted, parameters

Callee = tuple[Module, Definition, ast.ClassDef | None]
"""A definition that a call may run, where it stands, and the class it is a method of."""


@dataclass(frozen=True, eq=False)
class Context:
    """Where an expression stands: decides what its names mean."""

    module: Module
    function: Function | None = None
    cls: ast.ClassDef | None = None

    @property
    def self_name(self) -> str | None:
        if self.function is None or self.cls is None:
            return None
        names = parameters(self.function)
        return names[0] if names else None

    def variable(self, node: ast.expr) -> str | None:
        """`x` of a name, `self.x` of an attribute of self, else None."""
        if isinstance(node, ast.Name):
            return node.id
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == self.self_name:
            return self.self_name if node.attr == "__dict__" else f"self.{node.attr}"
        return None


class Callees:
    """Resolves the callee of a call to definitions of the workspace."""

    def __init__(self, resolve: Resolve, context: Context) -> None:
        self._resolve = resolve
        self._context = context

    def of(self, func: ast.expr) -> list[Callee] | None:
        context = self._context
        if isinstance(func, ast.Name):
            nested = self._nested(func.id)
            return [(context.module, nested, None)] if nested is not None else self._name(context.module, func.id, 0)
        if isinstance(func, ast.Attribute):
            if isinstance(func.value, ast.Name) and func.value.id == context.self_name and context.cls:
                return self.method(context.module, context.cls, func.attr)
            path = dotted(func)
            if path is not None and path.split(".")[0] in context.module.imports:
                return self._dotted(context.module, path)
        return None

    def _nested(self, name: str) -> Function | None:
        """A function defined inside the one that the call stands in, or inside one round it."""
        scope: Function | None = self._context.function
        while scope is not None:
            inner = self._context.module.functions_in(scope).get(name)
            if inner is not None:
                return inner
            scope = self._context.module.function_of(scope)
        return None

    def method(self, module: Module, cls: ast.ClassDef, name: str) -> list[Callee] | None:
        """A method of a class of the workspace or of its bases there; None where it may be inherited from elsewhere."""
        for statement in cls.body:
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)) and statement.name == name:
                return [(module, statement, cls)]
        for base in cls.bases:
            found = self.of(base) or []
            for where, definition, _ in found:
                if isinstance(definition, ast.ClassDef) and definition is not cls:
                    method = Callees(self._resolve, Context(where)).method(where, definition, name)
                    if method is not None:
                        return method
        return None

    def _name(self, module: Module, name: str, depth: int) -> list[Callee] | None:
        if name in module.definitions:
            return [(module, module.definitions[name], None)]
        imported = module.imports.get(name)
        if imported is None:
            return self._starred(module, name, depth)
        if imported.attribute is None:
            return [] if self._resolve(module, imported) is None else None
        return self._imported(module, imported, depth)

    def _imported(self, module: Module, imported: Import, depth: int) -> list[Callee] | None:
        where = self._resolve(module, imported)
        if where is None:
            return []
        if depth > 8 or imported.attribute is None:
            return None
        return self._name(where, imported.attribute, depth + 1)

    def _starred(self, module: Module, name: str, depth: int) -> list[Callee] | None:
        for starred in module.stars if depth <= 8 else ():
            where = self._resolve(module, starred)
            found = self._name(where, name, depth + 1) if where is not None else None
            if found:
                return found
        return None

    def _dotted(self, module: Module, path: str) -> list[Callee] | None:
        """`package.module.function` through plain imports."""
        first, *rest = path.split(".")
        where = self._resolve(module, module.imports[first])
        if where is None:
            return []
        return self._name(where, rest[-1], 0) if len(rest) == 1 else None
