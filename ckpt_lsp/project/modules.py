"""Finds the workspace's own modules by the names under which they are imported; reads files, executes nothing."""

from __future__ import annotations

import tokenize
from collections.abc import Mapping
from pathlib import Path

from ..source.tree import Import, Module, parse


class Modules:
    """Parsed modules of one workspace, as the user sees them now: unsaved buffers first."""

    def __init__(self, root: Path, overlay: Mapping[Path, str], search: tuple[Path, ...]) -> None:
        self._root = root
        self._overlay = overlay
        self._search = search
        self._parsed: dict[Path, Module | None] = {}

    def resolve(self, module: Module, imported: Import) -> Module | None:
        """The module that `imported` names, seen from `module`; None where it is not the workspace's."""
        for folder in self._folders(module, imported.level):
            path = self._find(folder, imported)
            if path is not None:
                return self.load(path)
        return None

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
        if path in self._overlay:
            return self._overlay[path]
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
