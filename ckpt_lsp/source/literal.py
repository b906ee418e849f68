"""Which file a load site reads, as far as constants alone say: for workspaces of which nothing may be executed.

Only what is certain without running anything counts: names bound once, text put together from text, paths from
`__file__`.  Where a test, a loop or a `try` stands on the way, or the path is used for anything else than loading,
the file may be written first or never be read, and nothing is claimed.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from .sites import FoundSite
from .tree import Function, Module, dotted

_LOADERS = {"torch.load": ("f", "torch"), "torch.serialization.load": ("f", "torch")}
_LOADERS["safetensors.torch.load_file"] = ("filename", "safetensors")
_PATHS = {"pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath"}
_UNCERTAIN = (
    ast.If,
    ast.IfExp,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.Try,
    ast.ExceptHandler,
    ast.Match,
    ast.BoolOp,
    ast.comprehension,
    ast.Lambda,
)
_DEEPEST = 20


@dataclass(frozen=True)
class Reads:
    """The one file that the state dict of a load site comes from."""

    path: PurePath
    """As the program gives it."""
    call: ast.Call
    """What reads it."""
    of: str
    """"torch" or "safetensors": whose formats it takes."""
    weights_only: bool | None
    """What the call says; None where it says nothing."""


def reads(module: Module, found: FoundSite) -> Reads | None:
    """None where constants alone do not tell."""
    if not isinstance(found.call.func, ast.Attribute) or found.call.func.attr != "load_state_dict":
        return None
    argument = next((k.value for k in found.call.keywords if k.arg == "state_dict"), None)
    argument = argument or (found.call.args[0] if found.call.args else None)
    looked = _Look(module)
    call = looked.load(argument) if argument is not None else None
    if call is None:
        return None
    keyword, of = _LOADERS[module.imported_name(call.func) or ""]
    given = call.args[0] if call.args else next((k.value for k in call.keywords if k.arg == keyword), None)
    value = looked.value(given) if given is not None else None
    path = PurePath(value) if value else None
    if path is None or not path.name or not looked.is_certain(path, [found.call, call]):
        return None
    return Reads(path, call, of, _weights_only(call))


def _weights_only(call: ast.Call) -> bool | None:
    """False, too, where it is not known: then nothing is claimed about what is refused."""
    if any(k.arg in (None, "pickle_module") for k in call.keywords) or len(call.args) > 2:
        return False
    said = next((k.value for k in call.keywords if k.arg == "weights_only"), None)
    if said is None or (isinstance(said, ast.Constant) and said.value is None):
        return None
    return isinstance(said, ast.Constant) and said.value is True


class _Look:
    """One walk from a load site back to the constants; remembers the names it came by."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._came_by: list[ast.stmt] = []
        self._seen: set[ast.AST] = set()
        self._depth = 0

    def load(self, node: ast.expr) -> ast.Call | None:
        """The call that reads the file, through names and subscripts."""
        while isinstance(node, ast.Subscript):
            node = node.value
        if isinstance(node, ast.Name):
            bound = self._bound(node)
            return self.load(bound) if bound is not None else None
        known = isinstance(node, ast.Call) and self._module.imported_name(node.func) in _LOADERS
        return node if known and isinstance(node, ast.Call) else None

    def value(self, node: ast.expr) -> str | PurePath | None:
        """Text or path."""
        self._seen.add(node)
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else None
        if isinstance(node, ast.Name):
            if node.id == "__file__":
                return str(self._module.path)
            bound = self._bound(node)
            return self.value(bound) if bound is not None else None
        if isinstance(node, ast.JoinedStr):
            return self._joined(node)
        if isinstance(node, ast.BinOp):
            return self._operation(node)
        if isinstance(node, ast.Attribute):
            return self._attribute(node)
        return self._called(node) if isinstance(node, ast.Call) else None

    def is_certain(self, path: PurePath, calls: list[ast.Call]) -> bool:
        """Whether nothing on the way may turn out otherwise, and the path serves for nothing else."""
        steps: list[ast.AST] = [*calls, *self._came_by]
        if any(isinstance(a, _UNCERTAIN) and not _is_main(a) for step in steps for a in self._module.ancestors(step)):
            return False
        if not path.is_absolute() and "chdir" in self._module.text:
            return False
        return not any(self._is_used_otherwise(node, path.name) for node in ast.walk(self._module.tree))

    def _is_used_otherwise(self, node: ast.AST, name: str) -> bool:
        """A variable of the path, or the file's name, in a place that did not lead to the load."""
        if node in self._seen:
            return False
        if isinstance(node, ast.Name):
            return isinstance(node.ctx, ast.Load) and any(node.id in _targets(step) for step in self._paths())
        return isinstance(node, ast.Constant) and isinstance(node.value, str) and name in node.value

    def _paths(self) -> list[ast.stmt]:
        """Of the statements on the way, those that bind a part of the path."""
        return [s for s in self._came_by if isinstance(s, ast.Assign | ast.AnnAssign) and s.value in self._seen]

    # -- names -------------------------------------------------------------------------------------------------

    def _bound(self, name: ast.Name) -> ast.expr | None:
        """What the name's one assignment says."""
        self._depth += 1
        function = self._module.function_of(name)
        while self._depth < _DEEPEST:
            bindings = list(self._bindings(function, name.id))
            if bindings or function is None:
                break
            function = self._module.function_of(function)
        if self._depth >= _DEEPEST or len(bindings) != 1:
            return None
        statement = bindings[0]
        if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
            return None
        self._came_by.append(statement)
        return statement.value if _targets(statement) == [name.id] else None

    def _bindings(self, function: Function | None, name: str) -> Iterator[ast.AST | None]:
        """What gives the name a value in this scope; None for anything but an assignment."""
        scope: ast.AST = function or self._module.tree
        for node in ast.walk(scope):
            if isinstance(node, ast.Global | ast.Nonlocal) and name in node.names:
                yield from (None, None)
            if node is scope or self._module.function_of(node) is not function:
                continue
            if isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load):
                parent = self._module.parents[node]
                plain = isinstance(parent, ast.Assign | ast.AnnAssign) and not self._is_of_class(parent, scope)
                yield parent if plain else None
            elif name in _otherwise(node):
                yield None

    def _is_of_class(self, node: ast.AST, scope: ast.AST) -> bool:
        """A class body's own names are none of the scope's."""
        for ancestor in self._module.ancestors(node):
            if ancestor is scope:
                return False
            if isinstance(ancestor, ast.ClassDef):
                return True
        return False

    # -- text --------------------------------------------------------------------------------------------------

    def _joined(self, node: ast.JoinedStr) -> str | None:
        parts: list[str] = []
        for value in node.values:
            plain = isinstance(value, ast.FormattedValue) and value.conversion == -1 and value.format_spec is None
            inner = self.value(value.value if plain and isinstance(value, ast.FormattedValue) else value)
            if inner is None:
                return None
            parts.append(str(inner))
        return "".join(parts)

    def _operation(self, node: ast.BinOp) -> str | PurePath | None:
        left, right = self.value(node.left), self.value(node.right)
        if left is None or right is None:
            return None
        if isinstance(node.op, ast.Div) and (isinstance(left, PurePath) or isinstance(right, PurePath)):
            return PurePath(left, right)
        both = isinstance(left, str) and isinstance(right, str)
        return f"{left}{right}" if isinstance(node.op, ast.Add) and both else None

    def _attribute(self, node: ast.Attribute) -> PurePath | None:
        path = self.value(node.value)
        return path.parent if isinstance(path, PurePath) and node.attr == "parent" else None

    def _called(self, node: ast.Call) -> str | PurePath | None:
        if node.keywords:
            return None
        name = self._module.imported_name(node.func) or dotted(node.func) or ""
        parts = [self.value(argument) for argument in node.args]
        known = [part for part in parts if part is not None]
        if len(known) != len(parts):
            return None
        if name in _PATHS:
            return PurePath(*known)
        if name == "os.path.join" and known:
            return os.path.join(*map(str, known))  # noqa: PTH118
        if len(known) == 1:
            return _of_one(name, str(known[0]))
        return self._method(node) if not known else None

    def _method(self, node: ast.Call) -> PurePath | None:
        """`Path(...).resolve()` of what is absolute."""
        if not isinstance(node.func, ast.Attribute) or node.func.attr not in ("resolve", "absolute"):
            return None
        path = self.value(node.func.value)
        return path if isinstance(path, PurePath) and path.is_absolute() else None


def _of_one(name: str, text: str) -> str | None:
    if name == "os.path.dirname":
        return os.path.dirname(text)  # noqa: PTH120
    if name in ("os.path.abspath", "os.path.realpath"):
        return os.path.normpath(text) if Path(text).is_absolute() else None
    return text if name in ("str", "os.fspath") else None


def _targets(statement: ast.AST) -> list[str]:
    """The names that an assignment binds; "" for what is no name."""
    if isinstance(statement, ast.Assign):
        return [target.id if isinstance(target, ast.Name) else "" for target in statement.targets]
    target = statement.target if isinstance(statement, ast.AnnAssign) else None
    return [target.id] if isinstance(target, ast.Name) else []


def _otherwise(node: ast.AST) -> list[str]:
    """The name that a parameter, an import or a definition binds."""
    if isinstance(node, ast.alias):
        return [node.asname or node.name.split(".")[0]]
    if isinstance(node, ast.arg):
        return [node.arg]
    return [node.name] if isinstance(node, Function | ast.ClassDef) else []


def _is_main(node: ast.AST) -> bool:
    """`if __name__ == "__main__":`"""
    return isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'"
