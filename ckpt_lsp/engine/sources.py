"""The files that a program rests on, for a diagnosis that looks for where a number is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from ..diagnosis.case import Sources
from ..project.index import read_text
from ..project.modules import Modules
from ..source.tree import Module

MOST_FILES = 60
LONGEST_SETTINGS = 200_000
"""Characters; a longer file holds data rather than settings."""

_SETTINGS = (".yaml", ".yml", ".json")


def sources(modules: Modules, own: Module, used: Iterable[str], buffers: Mapping[Path, str]) -> Sources:
    """`own`, the modules that it imports, and the files that the program imported or opened."""
    paths = [Path(path) for path in used]
    code = {own.path: own, **{module.path: module for module in modules.imported(own)}}
    for path in [path for path in paths if path.suffix == ".py" and path not in code][:MOST_FILES]:
        module = modules.load(path)
        if module is not None:
            code[path] = module
    texts = {path: buffers.get(path) or read_text(path) for path in paths if path.suffix in _SETTINGS}
    settings = {path: text for path, text in texts.items() if text and len(text) <= LONGEST_SETTINGS}
    return Sources(tuple(code.values()), settings)
