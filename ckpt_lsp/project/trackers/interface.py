"""What a tracker has to know, and what the workspace answers it."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from .. import moved
from ..commands import Command
from ..files import python_files
from ..flags import Option, Value, options

MOST_BYTES = 1_000_000
"""Larger files are no record of a command line."""

MOST_SCRIPTS = 2000


@dataclass(frozen=True)
class Tracker:
    """One kind of record."""

    traces: Callable[[Path], Iterable[Path]]
    """Of a folder that this tracker writes to: the files that stand for one run each.  Raises OSError."""
    command: Callable[[Path, Workspace], Command | None]
    """How the run of one trace was started; None where it does not say, or of what is no longer there."""


class Workspace:
    """The files of the workspace as trackers ask for them; each is read once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._options: dict[Path, tuple[Option, ...]] = {}

    @cached_property
    def scripts(self) -> tuple[Path, ...]:
        return tuple(itertools.islice(python_files(self.root, self.root), MOST_SCRIPTS))

    def options(self, script: Path) -> tuple[Option, ...]:
        if script not in self._options:
            self._options[script] = options(text(script))
        return self._options[script]

    def find(self, recorded: str, near: Path) -> Path | None:
        """The Python file of the workspace that a recorded path names."""
        path = moved.find(recorded, self.root, near)
        return path if path is not None and path.suffix == ".py" else None

    def holds(self, folder: Path) -> bool:
        return (folder == self.root or self.root in folder.parents) and folder.is_dir()

    def name(self, path: Path) -> str:
        """For a person."""
        return path.relative_to(self.root).as_posix()

    def command(self, script: Path, argv: tuple[str, ...], cwd: Path, source: str) -> Command:
        return Command(script, argv, cwd, _module(script, cwd), source)

    def parser_of(self, values: dict[str, Value], cwd: Path) -> Path | None:
        """The script whose options these values are: most of them by name, then one that trains, then the nearest.

        None where two are as good, or where only one name of several fits."""
        ranked = []
        for script in self.scripts:
            fits = len({option.dest for option in self.options(script)} & values.keys())
            if fits >= min(2, len(values)) and fits:
                ranked.append((fits, ".fit(" in text(script), -distance(script, cwd), script))
        return _only_best(ranked)

    def named(self, stem: str, word: str, cwd: Path) -> Path | None:
        """The script of that name which holds `word`, the nearest one; None where two are as near."""
        alike = (script for script in self.scripts if script.stem == stem and word in text(script))
        return _only_best([(-distance(script, cwd), script) for script in alike])


def _only_best(ranked: list[Any]) -> Path | None:
    """The path at the end of the highest row; None where another row differs from it in the path alone."""
    rows = sorted(ranked, reverse=True)
    if not rows or (len(rows) > 1 and rows[0][:-1] == rows[1][:-1]):
        return None
    best: Path = rows[0][-1]
    return best


def distance(script: Path, cwd: Path) -> int:
    """How many folders lie between; what is not below `cwd` is farther than all that is."""
    return len(script.relative_to(cwd).parts) if cwd in script.parents else 1000 + len(script.parts)


def _module(script: Path, cwd: Path) -> str | None:
    """A script with relative imports can only have been started as `python -m`."""
    if cwd in script.parents and re.search(r"^\s*from\s+\.", text(script), re.MULTILINE):
        return ".".join(script.relative_to(cwd).with_suffix("").parts)
    return None


def text(path: Path) -> str:
    """Empty where there is no such file, or none that a person could have written."""
    try:
        if not path.is_file() or path.stat().st_size > MOST_BYTES:
            return ""
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""


def json_object(path: Path) -> dict[str, Any]:
    """Empty where the file holds none."""
    try:
        content = json.loads(text(path))
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
