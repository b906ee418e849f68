"""Which files of a workspace import which, told with errors on one side only: too many, never too few.

An import counts for every file that it could mean from any folder above, with the packages on the way.  Where a file
does not parse, the words of its import statements count.  Reads each file once, executes nothing.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from ..source.notebooks import NotANotebook
from ..source.notebooks import read as read_notebook
from .index import read_text

_STATEMENTS = re.compile(
    r"\b(?:from|import)\b"
    r"((?:[^\n\\(#]|\\\r?\n?)*(?:\((?:[^)#]|#[^\n]*)*)?)"
)
"""More than the import statements, but all of them: with what stands in parentheses and on continued lines."""

_INIT = "__init__.py"


class Importing:
    """The graph over `files`, which lie below `root`; edges are worked out when they are asked for."""

    def __init__(self, root: Path, files: Iterable[Path]) -> None:
        self._root = root
        self.files = frozenset(files)
        self._texts = {path: _program(path) for path in self.files}
        self._imports: dict[Path, frozenset[Path]] = {}
        self._of_name: dict[str, list[Path]] = {}
        self._mentioning: dict[str, list[Path]] = {}
        for path in self.files:
            self._of_name.setdefault(_name(path), []).append(path)
            for word in _words(self._texts[path]):
                self._mentioning.setdefault(word, []).append(path)

    def text(self, path: Path) -> str:
        """Empty where it cannot be read."""
        return self._texts.get(path, "")

    def users(self, path: Path) -> set[Path]:
        """The file, and all whose running runs it."""
        return _reached({path}, self._importers)

    def used(self, paths: Iterable[Path]) -> set[Path]:
        """The files, and all that are run with them."""
        return _reached(set(paths), self.imports)

    def imports(self, path: Path) -> frozenset[Path]:
        """Without those that lie between."""
        if path not in self._imports:
            found = set(self._packages(path))
            tree = _parsed(self.text(path))
            found.update(self._named(path) if tree is None else self._resolved(path, tree))
            self._imports[path] = frozenset(found - {path})
        return self._imports[path]

    def _importers(self, path: Path) -> Iterator[Path]:
        mentioning = self._mentioning.get(_name(path), ())
        inside = (other for other in self.files if path.name == _INIT and path.parent in other.parents)
        return (other for other in {*mentioning, *inside} if path in self.imports(other))

    def _named(self, path: Path) -> Iterator[Path]:
        return (other for word in _words(self.text(path)) for other in self._of_name.get(word, ()))

    # -- what an import may mean -------------------------------------------------------------------------------

    def _resolved(self, path: Path, tree: ast.Module) -> Iterator[Path]:
        above = [folder for folder in path.parents if folder == self._root or self._root in folder.parents]
        everywhere = [*above, self._root / "src"]
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield from self._found(everywhere, alias.name.split("."))
            elif isinstance(node, ast.ImportFrom):
                folders = everywhere if not node.level else [path.parents[min(node.level, len(path.parents)) - 1]]
                parts = node.module.split(".") if node.module else []
                for alias in node.names:
                    yield from self._found(folders, [*parts, alias.name])

    def _found(self, folders: Iterable[Path], parts: list[str]) -> Iterator[Path]:
        """The module, what lies in it, and the packages on the way."""
        for folder in folders:
            for length in range(len(parts) + 1):
                place = folder.joinpath(*parts[:length])
                yield from ({place / _INIT, place.with_name(f"{place.name}.py")} & self.files) if length else ()

    def _packages(self, path: Path) -> Iterator[Path]:
        """Those that the file itself lies in."""
        for folder in path.parents:
            if folder / _INIT not in self.files:
                return
            yield folder / _INIT


def _program(path: Path) -> str:
    text = read_text(path) or ""
    if path.suffix != ".ipynb":
        return text
    try:
        return read_notebook(text).text
    except NotANotebook:
        return ""


def _parsed(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None


def _reached(start: set[Path], step: Callable[[Path], Iterable[Path]]) -> set[Path]:
    found, todo = set(start), list(start)
    while todo:
        new = set(step(todo.pop())) - found
        found |= new
        todo += new
    return found


def _name(path: Path) -> str:
    """What an import calls it."""
    return path.parent.name if path.name == _INIT else path.stem


def _words(text: str) -> set[str]:
    return {word for statement in _STATEMENTS.findall(text) for word in re.findall(r"\w+", statement)}
