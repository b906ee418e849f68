"""Other checkpoints of the workspace that fit a model where the one that is loaded does not: the wrong file."""

from __future__ import annotations

import ast
import os
from collections.abc import Mapping
from pathlib import Path

from ..source.tree import parse
from ..types import Fix
from .align import Shape
from .case import Case
from .nearby import in_place_of
from .symptoms import fits_little

MOST_READ = 24
"""Files that are looked into, the nearest ones."""

MOST_TRIED = 3


def fitting(case: Case) -> list[Path]:
    """Those that have every tensor of the model, under its name and in its size; the nearest first."""
    own = {entry.key: entry.shape for entry in case.report.model_entries}
    if len(own) < 2 or not fits_little(case):
        return []
    return [path for path in _nearest(case) if any(_has_all(found, own) for found in case.inside(path))]


def told(case: Case, files: list[Path]) -> str:
    """What fits instead."""
    total, shown = len(case.report.model_entries), [_shown(case, file) for file in files[:MOST_TRIED]]
    names = shown[0] if len(files) == 1 else f"each of {', '.join(shown)}{', …' if len(files) > MOST_TRIED else ''}"
    return f"{names} fits all {total} tensors of {case.model}"


def instead(case: Case, files: list[Path]) -> list[Fix]:
    """One of them in place of the path that the program gives, where that is a string of the document."""
    literal = _literal(case)
    return in_place_of(case, literal, files[:MOST_TRIED]) if literal is not None else []


def _nearest(case: Case) -> list[Path]:
    """By how far it is from the file that is loaded."""
    loaded = case.report.checkpoint
    if loaded is None:
        return []
    others = [file for file in case.weights() if file != loaded]
    steps = {file: len(Path(os.path.relpath(file, loaded.parent)).parts) for file in others}
    return sorted(others, key=lambda file: (steps[file], file.suffix != loaded.suffix, str(file)))[:MOST_READ]


def _has_all(found: Mapping[str, Shape], own: Mapping[str, Shape]) -> bool:
    return all(key in found and shape in (None, found[key]) for key, shape in own.items())


def _literal(case: Case) -> str | None:
    """The string that is the path of the file, as seen from where the program is started."""
    try:
        module = parse(case.report.site.path, case.text)
    except (SyntaxError, RecursionError):
        return None
    loaded, cwd = case.report.checkpoint, case.report.scenario.cwd
    values = (node.value for node in module.parents if isinstance(node, ast.Constant) and isinstance(node.value, str))
    paths = (value for value in values if loaded is not None and value.endswith(loaded.name) and "\0" not in value)
    return next((path for path in paths if os.path.normpath(cwd / path) == str(loaded)), None)


def _shown(case: Case, file: Path) -> str:
    """As seen from the workspace, where it lies in it."""
    return file.relative_to(case.root).as_posix() if file.is_relative_to(case.root) else str(file)
