"""How a dry run imports: unsaved buffers first, then what is there, then opaque modules for what is missing.

Only user files may import what is missing: a library that probes for an optional package must see it fail.
Where the user's own code expects the failure (`try: import apex / except ImportError`) it fails too.
"""

from __future__ import annotations

import ast
import builtins
import importlib.abc
import importlib.machinery
import importlib.util
import sys
import types
from typing import Any, Callable, Dict, Optional, Sequence, Set

from .doubles import Opaque

Compile = Callable[[str, str], types.CodeType]
"""(source text, path) -> code."""


class OpaqueModule(types.ModuleType):
    """Any attribute of it is an opaque value, any submodule is another."""

    def __init__(self, name: str, why: Optional[str] = None) -> None:
        super().__init__(name)
        self.__why = why or "%s is not installed" % name.split(".")[0]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Opaque("%s.%s, and %s" % (self.__name__, name, self.__why))


class MissingFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """The last finder: stands in for a package that nobody else could find."""

    def __init__(self, root: str, sources: Callable[[str], Optional[str]]) -> None:
        self._root = root
        self._sources = sources
        self.missing: Set[str] = set()

    def find_spec(
        self, name: str, path: Optional[Sequence[str]], target: Optional[types.ModuleType] = None
    ) -> Optional[importlib.machinery.ModuleSpec]:
        top = name.split(".")[0]
        if top in self.missing or (path is None and self._asked_by_user()):
            self.missing.add(top)
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return OpaqueModule(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        pass

    def _asked_by_user(self) -> bool:
        frame: Any = sys._getframe(2)
        while frame is not None:
            filename = frame.f_code.co_filename
            if "importlib" not in filename and filename != __file__:
                inside = filename.startswith(self._root) and "site-packages" not in filename
                return inside and not self._expected(filename, frame.f_lineno)
            frame = frame.f_back
        return False

    def _expected(self, filename: str, line: int) -> bool:
        text = self._sources(filename)
        return text is not None and line in guarded_imports(text)


def lenient(root: str, sources: Callable[[str], Optional[str]]) -> Callable[..., Any]:
    """An `__import__` by which a user's file gets an opaque value for what the installed version of a library lacks.

    The workspace's own modules, and imports whose failure the code itself catches, fail as they do."""
    real = builtins.__import__

    def import_(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:
        frame = sys._getframe(1)
        path = frame.f_code.co_filename
        if level or not fromlist or not path.startswith(root) or "site-packages" in path:
            return real(name, globals, locals, fromlist, level)
        text = sources(path)
        if text is not None and frame.f_lineno in guarded_imports(text):
            return real(name, globals, locals, fromlist, level)
        try:
            module = real(name, globals, locals, fromlist, level)
        except ModuleNotFoundError as error:
            if error.name != name or not _is_of_library(name.split(".")[0], root):
                raise
            return OpaqueModule(name, "the installed %s does not have it" % name.split(".")[0])
        lacking = [part for part in fromlist if part != "*" and not hasattr(module, part)]
        return _Lacking(module, lacking) if lacking and _is_of_library(name.split(".")[0], root) else module

    return import_


def _is_of_library(top: str, root: str) -> bool:
    path = getattr(sys.modules.get(top), "__file__", None)
    return isinstance(path, str) and (not path.startswith(root) or "site-packages" in path)


class _Lacking:
    """A module, with opaque values for the names that it lacks."""

    def __init__(self, module: types.ModuleType, names: Sequence[str]) -> None:
        self._module = module
        self._names = names

    def __getattr__(self, name: str) -> Any:
        if name not in self._names:
            return getattr(self._module, name)
        whole = self._module.__name__
        return Opaque("%s.%s, which the installed %s does not have" % (whole, name, whole.split(".")[0]))


_guarded: Dict[str, Set[int]] = {}


def guarded_imports(text: str) -> Set[int]:
    """Lines of `text` on which a failing import is caught by the code itself."""
    if text not in _guarded:
        lines: Set[int] = set()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Try) and any(_catches_import_error(h) for h in node.handlers):
                lines.update(range(node.lineno, (node.body[-1].end_lineno or node.lineno) + 1))
        _guarded[text] = lines
    return _guarded[text]


def _catches_import_error(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    names = {n.id for n in ast.walk(handler.type) if isinstance(n, ast.Name)}
    return bool(names & {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


def read_source(path: str, overlay: Dict[str, str]) -> Optional[str]:
    """The text of a Python file as the user sees it now, or None."""
    if path in overlay:
        return overlay[path]
    try:
        with open(path, "rb") as file:
            return importlib.util.decode_source(file.read())
    except (OSError, SyntaxError, UnicodeDecodeError):
        return None


def install(root: str, overlay: Dict[str, str], compile_user: Compile) -> MissingFinder:
    """Puts the finders in place; `compile_user` compiles each file below `root`."""
    loader = importlib.machinery.SourceFileLoader
    original = loader.get_code
    below = root.rstrip("/\\") + "/"

    def get_code(self: Any, fullname: str) -> Any:
        user = self.path.startswith(below) and "site-packages" not in self.path
        if not user and self.path not in overlay:
            return original(self, fullname)
        text = read_source(self.path, overlay)
        return original(self, fullname) if text is None else compile_user(text, self.path)

    loader.get_code = get_code  # type: ignore[method-assign]
    finder = MissingFinder(below, lambda path: read_source(path, overlay))
    builtins.__import__ = lenient(below, lambda path: read_source(path, overlay))
    sys.meta_path.append(finder)
    return finder


def forget(root: str) -> None:
    """Lets the modules of the workspace be imported anew, with all below them."""
    own = {name for name, module in sys.modules.items() if _lies_in(module, root.rstrip("/\\") + "/")}
    for name in list(sys.modules):
        parts = name.split(".")
        if any(".".join(parts[: length + 1]) in own for length in range(len(parts))):
            del sys.modules[name]


def _lies_in(module: Any, folder: str) -> bool:
    held = vars(module) if isinstance(module, types.ModuleType) else {}
    if held.get("__name__") == "__main__":
        return False
    places = [held.get("__file__"), *list(held.get("__path__") or ())]
    return any(isinstance(one, str) and one.startswith(folder) and "site-packages" not in one for one in places)
