"""Which files with load sites a change concerns: what `check --affected` looks at.

Errs on one side only: a file is left out where neither imports nor names lead from what its load sites run to what
has changed.  Reads and parses, executes nothing.
"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ..types import Document, FileProblem
from .commands import commands
from .files import SKIPPED_FOLDERS, excluded, python_files, read
from .importing import Importing
from .lock import NAME

CHECKPOINTS = (".bin", ".ckpt", ".pkl", ".pt", ".pth", ".safetensors", ".tar")
CODE = (".py", ".ipynb")
DATA = (".yaml", ".yml", ".json", ".toml", ".ini", ".cfg")

MOST_FILES = 5000
"""In a larger workspace every change concerns all load sites."""

MOST_BYTES = 1 << 18
"""Of a file of data that may name others."""

_IMPORTS_BY_NAME = re.compile(
    r"\b(?:import_module|__import__|_target_|locate|find_object|entry_points|walk_packages|iter_modules|run_path"
    r"|run_module|spec_from_file_location)\b|(?<![\w.])(?:exec|eval|compile)\s*\("
)
"""Ways to come by a module that no import statement names."""

_READS_BY_NAME = re.compile(r"\b(?:hydra|omegaconf|OmegaConf|glob|rglob|listdir|iterdir|scandir|walk)\b")
"""Ways to come by a file of data that no text names in full."""


def affected(root: Path, changed: Sequence[Path], exclude: Sequence[str] = ()) -> list[Path]:
    """Files below `root`, sorted, and those of `changed` that cannot be read.  Paths are absolute."""
    files = list(itertools.islice(python_files(root, root), MOST_FILES + 1))
    found = {path: read(path) for path in {*files, *(path for path in changed if path.suffix in CODE)}}
    found = {path: content for path, content in found.items() if not excluded(path, root, exclude)}
    holders = [path for path, content in found.items() if isinstance(content, Document)]
    unreadable = [path for path in changed if isinstance(found.get(path), FileProblem)]
    if len(files) > MOST_FILES or any(_concerns_all(path) for path in changed):
        return sorted({*holders, *unreadable})
    if not holders:
        return sorted(unreadable)
    return sorted({*unreadable, *_Affected(root, {*files, *changed}, changed).of(holders)})


def _concerns_all(path: Path) -> bool:
    """A checkpoint may be loaded by any of them, settings may be about any."""
    if path.name == "pyproject.toml":
        return b"ckpt-lsp" in path.read_bytes()
    return path.suffix in CHECKPOINTS or path.name == NAME


class _Affected:
    def __init__(self, root: Path, files: Iterable[Path], changed: Sequence[Path]) -> None:
        self._graph = Importing(root, (path for path in files if path.suffix in CODE))
        self._changed = self._with_what_names(root, changed)
        self._code = any(path.suffix in CODE for path in changed)
        self._data = any(path.suffix in DATA for path in changed)
        self._users = {user for path in self._changed for user in self._graph.users(path)}

    def of(self, holders: Iterable[Path]) -> Iterator[Path]:
        for path in holders:
            scripts = self._graph.users(path)
            if not self._users.isdisjoint(scripts) or any(map(self._by_name, self._graph.used(scripts))):
                yield path

    def _by_name(self, path: Path) -> bool:
        text = self._graph.text(path)
        return bool((self._code and _IMPORTS_BY_NAME.search(text)) or (self._data and _READS_BY_NAME.search(text)))

    def _with_what_names(self, root: Path, changed: Sequence[Path]) -> set[Path]:
        """What names a changed file has changed itself: a configuration that another one builds upon, say."""
        texts = {**{path: self._graph.text(path) for path in self._graph.files}, **dict(_data(root))}
        for command in commands(root):
            texts[command.script] = "\n".join((texts.get(command.script, ""), command.source, *command.argv))
        found, todo = set(changed), list(changed)
        while todo:
            names = _naming(todo.pop())
            new = {path for path, text in texts.items() if path not in found and names.search(text)}
            found |= new
            todo += new
        return found


def _naming(path: Path) -> re.Pattern[str]:
    """The whole name; of data also as configurations are called, without its suffix, in quotes."""
    stem = rf"""|["'/]{re.escape(path.stem)}["']""" if path.suffix in DATA else ""
    return re.compile(rf"(?<![\w.]){re.escape(path.name)}\b{stem}")


def _data(root: Path) -> Iterator[tuple[Path, str]]:
    found = 0
    for folder, names, files in os.walk(root):
        names[:] = [name for name in names if not name.startswith(".") and name not in SKIPPED_FOLDERS]
        for path in (Path(folder, name) for name in files if name.endswith(DATA)):
            found += 1
            if found > MOST_FILES:
                return
            if path.is_file() and path.stat().st_size <= MOST_BYTES:
                yield path, path.read_text("utf-8", "replace")
