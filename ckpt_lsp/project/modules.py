"""Finds the workspace's own modules by the names under which they are imported; reads files, executes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from ..source.known import LIBRARIES
from ..source.tree import Import, Module
from .index import SourceIndex, names_of, read_text


class Modules:
    """Parsed modules of one workspace, as the user sees them now: unsaved buffers first."""

    def __init__(
        self, root: Path, overlay: Mapping[Path, str], search: tuple[Path, ...], index: SourceIndex | None = None
    ) -> None:
        self._root = root
        self._overlay = overlay
        self._search = search
        self._index = index or SourceIndex(root)
        self._parsed: dict[Path, Module | None] = {}
        self._files: dict[Path, Path | None] = {}
        self._meant: dict[tuple[Path, Import], Path | None] = {}
        self._added: dict[tuple[Path, Import], Path | None] = {}

    def resolve(self, module: Module, imported: Import) -> Module | None:
        """The module that `imported` names, seen from `module`; None where it is not the workspace's."""
        path = self._named(module.path, imported)
        return None if path is None else self.load(path)

    def adopt(self, module: Module) -> None:
        """Makes an already parsed module the one that its path stands for."""
        self._parsed[module.path] = module

    def importers(self, module: Module) -> list[Module]:
        """The modules of the workspace that import `module`, nearest folders first."""
        target, names = module.path, _names_for(module.path)
        found = []
        for path, imports in self._index.naming(names, self._overlay):
            if path == target or not self._among(imports, path, names, target):
                continue
            other = self.load(path)
            if other is not None and self._among(other.imports.values(), path, names, target):
                found.append(other)
        return sorted(found, key=lambda m: (len(m.path.parts), m.path))

    def imported(self, module: Module) -> list[Module]:
        """The modules of the workspace that `module` imports."""
        imports = [*module.imports.values(), *module.stars]
        paths = dict.fromkeys(path for i in imports if (path := self._named(module.path, i)) is not None)
        return [other for path in paths if (other := self.load(path)) is not None]

    def imported_packages(self) -> set[str]:
        """First parts of all names that the modules looked at so far import."""
        parsed = [m for m in self._parsed.values() if m is not None]
        return {i.module.split(".")[0] for m in parsed for i in m.imports.values() if i.level == 0}

    def _among(self, imports: Iterable[Import], path: Path, names: frozenset[str], target: Path) -> bool:
        """Whether one of the imports in the file `path` means `target`."""
        return any(self._named(path, imported) == target for imported in imports if names & {*names_of(imported)})

    def load(self, path: Path) -> Module | None:
        """None where the file cannot be read or parsed."""
        if path not in self._parsed:
            text = self._overlay[path] if path in self._overlay else read_text(path)
            self._parsed[path] = None if text is None else self._index.parse(path, text)
        return self._parsed[path]

    def _named(self, importer: Path, imported: Import) -> Path | None:
        """The workspace's file that an import in the file `importer` names."""
        key = importer.parent, imported
        if key not in self._meant:
            found = (self._find(folder, imported) for folder in self._folders(importer, imported.level))
            self._meant[key] = next((path for path in found if path is not None), None)
        meant = self._meant[key]
        if meant is not None or imported.level:
            return meant
        added = importer, imported
        if added not in self._added:
            self._added[added] = self._on_added_path(importer, imported)
        return self._added[added]

    def _on_added_path(self, importer: Path, imported: Import) -> Path | None:
        """Where the importing file adds folders to `sys.path`: the only file of the workspace that has the name, or the
        only one in a folder that another of its imports leads to."""
        module = self.load(importer)
        if module is None or not _ADDS_PATHS.search(module.text):
            return None
        meant = self._elsewhere(imported)
        if len(meant) < 2:
            return next(iter(meant.values()), None)
        others = [self._elsewhere(other) for other in module.imports.values() if other.level == 0]
        added = {folder for found in others if len(found) == 1 for folder in found}
        left = [path for folder, path in meant.items() if folder in added]
        return left[0] if len(left) == 1 else None

    def _elsewhere(self, imported: Import) -> dict[Path, Path]:
        """The files that the import may mean, by the folder that would have to be on the path."""
        parts = tuple(imported.module.split("."))
        if parts[0] in LIBRARIES:
            return {}
        longer = (*parts, str(imported.attribute)) if imported.attribute not in (None, "*") else parts
        for names in (longer, parts):
            found = self._index.ending(names)
            if found:
                return {path.parents[len(names) - (path.stem != "__init__")]: path for path in found}
        return {}

    def _folders(self, importer: Path, level: int) -> tuple[Path, ...]:
        if level == 0:
            # A folder of its own inside the workspace, an example say, is where its scripts are started.
            between = [folder for folder in importer.parents if self._root in folder.parents]
            return tuple(dict.fromkeys((importer.parent, *self._search, *between)))
        folder = importer.parent
        for _ in range(level - 1):
            folder = folder.parent
        return (folder,)

    def _find(self, folder: Path, imported: Import) -> Path | None:
        parts = imported.module.split(".") if imported.module else []
        base = folder.joinpath(*parts)
        if imported.attribute not in (None, "*"):
            found = self._file_of(base / str(imported.attribute))
            if found is not None:
                return found
        return self._file_of(base)

    def _file_of(self, base: Path) -> Path | None:
        """The module or package `base`, which is looked for once."""
        if base not in self._files:
            self._files[base] = _file_of(base, self._root)
        return self._files[base]


_ADDS_PATHS = re.compile(r"sys\.path|_init_paths?\b|rootutils")


def _names_for(path: Path) -> frozenset[str]:
    """By which an import may mean this file; a package's own modules may mean it namelessly."""
    return frozenset({path.parent.name, ""} if path.stem == "__init__" else {path.stem})


def _file_of(base: Path, root: Path) -> Path | None:
    if root not in base.parents and base != root:
        return None
    for candidate in (base.with_name(base.name + ".py"), base / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None
