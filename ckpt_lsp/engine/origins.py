"""From lines that the worker names to ranges in the text as the user sees it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..project.modules import Modules
from ..types import Origin, Span


def origins(rows: list[list[Any]], root: Path, modules: Modules) -> tuple[Origin, ...]:
    """Those that lie in Python files of the workspace; what a worker says of other places is passed over."""
    found = []
    for kind, name, first, last, key, keys in rows:
        span = _span(Path(name), first, last, root, modules)
        if span is not None:
            found.append(Origin(kind, Path(name), span, key, keys))
    return tuple(found)


def _span(path: Path, first: int, last: int, root: Path, modules: Modules) -> Span | None:
    """From the first character of the first line to the end of the last one."""
    inside = root in path.parents and ".." not in path.parts and path.suffix == ".py"
    module = modules.load(path) if inside else None
    if module is None or not 0 < first <= last <= len(module.lines):
        return None
    start, end = module.lines[first - 1], module.lines[last - 1].rstrip()
    return Span(first, len(start) - len(start.lstrip()) + 1, last, len(end) + 1)
