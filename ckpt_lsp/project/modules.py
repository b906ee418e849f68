"""Finds the workspace's own modules by the names under which they are imported; reads files, executes nothing."""

from __future__ import annotations

import itertools
import tokenize
from collections.abc import Mapping
from pathlib import Path

from ..source.tree import Import, Module, parse
from .files import python_files

MOST_FILES = 2000
"""Files searched for callers; larger workspaces are searched in part."""


class Modules:
    """Parsed modules of one workspace, as the user sees them now: unsaved buffers first."""

    def __init__(self, root: Path, overlay: Mapping[Path, str], search: tuple[Path, ...]) -> None:
        self._root = root
        self._overlay = overlay
        self._search = search
        self._parsed: dict[Path, Module | None] = {}
        self._texts: dict[Path, str | None] = {}
        self._files: tuple[Path, ...] | None = None

    def resolve(self, module: Module, imported: Import) -> Module | None:
        """The module that `imported` names, seen from `module`; None where it is not the workspace's."""
        for folder in self._folders(module, imported.level):
            path = self._find(folder, imported)
            if path is not None:
                return self.load(path)
        return None

    def adopt(self, module: Module) -> None:
        """Makes an already parsed module the one that its path stands for."""
        self._parsed[module.path] = module

    def importers(self, module: Module) -> list[Module]:
        """The modules of the workspace that import `module`, nearest folders first."""
        word = module.path.parent.name if module.path.stem == "__init__" else module.path.stem
        found = []
        for path in self._python_files():
            text = None if path == module.path else self._text(path)
            if text is None or word not in text:
                continue
            other = self.load(path)
            if other is not None and self._imports(other, module):
                found.append(other)
        return sorted(found, key=lambda m: (len(m.path.parts), m.path))

    def imported_packages(self) -> set[str]:
        """First parts of all names that the modules looked at so far import."""
        parsed = [m for m in self._parsed.values() if m is not None]
        return {i.module.split(".")[0] for m in parsed for i in m.imports.values() if i.level == 0}

    def _imports(self, other: Module, module: Module) -> bool:
        return any(self.resolve(other, imported) is module for imported in other.imports.values())

    def _python_files(self) -> tuple[Path, ...]:
        if self._files is None:
            self._files = tuple(itertools.islice(python_files(self._root, self._root), MOST_FILES))
        return self._files

    def load(self, path: Path) -> Module | None:
        """None where the file cannot be read or parsed."""
        if path not in self._parsed:
            text = self._text(path)
            try:
                self._parsed[path] = None if text is None else parse(path, text)
            except (SyntaxError, RecursionError):
                self._parsed[path] = None
        return self._parsed[path]

    def _folders(self, module: Module, level: int) -> tuple[Path, ...]:
        if level == 0:
            return (module.path.parent, *self._search)
        folder = module.path.parent
        for _ in range(level - 1):
            folder = folder.parent
        return (folder,)

    def _find(self, folder: Path, imported: Import) -> Path | None:
        parts = imported.module.split(".") if imported.module else []
        base = folder.joinpath(*parts)
        if imported.attribute not in (None, "*"):
            found = _file_of(base / str(imported.attribute), self._root)
            if found is not None:
                return found
        return _file_of(base, self._root)

    def _text(self, path: Path) -> str | None:
        if path not in self._texts:
            self._texts[path] = self._overlay[path] if path in self._overlay else _read(path)
        return self._texts[path]


def _read(path: Path) -> str | None:
    try:
        with tokenize.open(path) as file:
            return file.read()
    except (OSError, SyntaxError, UnicodeDecodeError):
        return None


def _file_of(base: Path, root: Path) -> Path | None:
    if root not in base.parents and base != root:
        return None
    for candidate in (base.with_name(base.name + ".py"), base / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None
