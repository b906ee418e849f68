"""The checkpoint files of a workspace, by their names: nothing is opened."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

from .files import SKIPPED_FOLDERS

SUFFIXES = (".pth", ".pt", ".ckpt", ".safetensors", ".pth.tar")
"""Under which weights are saved, and hardly anything else."""

VAGUE_SUFFIXES = (".bin", ".pkl", ".weights", ".model")
SMALLEST_VAGUE = 10_000
"""Bytes from which a file with a vague suffix is taken to hold weights."""

MOST_FILES = 500
MOST_ENTRIES = 20_000
"""Names that are looked at; data sets lie in folders with a million of them."""

DEEPEST = 6
"""Folders below the workspace's root."""


def weights(root: Path, deepest: int = DEEPEST) -> tuple[Path, ...]:
    """Those near the root first, then by name; `deepest` 0 gives those of the one folder.

    Hidden folders, environments and caches are left out."""
    found: list[Path] = []
    left, level = MOST_ENTRIES, [root]
    for _ in range(deepest + 1):
        below: list[Path] = []
        for folder in level:
            for entry in _entries(folder):
                left -= 1
                if left < 0 or len(found) >= MOST_FILES:
                    return tuple(found)
                if _is_folder(entry):
                    below.append(Path(entry.path))
                elif _may_hold_weights(entry):
                    found.append(Path(entry.path))
        level = below
    return tuple(found)


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    """Sorted; none of a folder that cannot be read."""
    try:
        with os.scandir(folder) as entries:
            yield from sorted(itertools.islice(entries, MOST_ENTRIES), key=lambda entry: entry.name)
    except OSError:
        return


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """One that is worth a look; links are not followed, since they may lead round in a circle."""
    if entry.name.startswith(".") or entry.name in SKIPPED_FOLDERS or not entry.is_dir(follow_symlinks=False):
        return False
    return not Path(entry.path, "pyvenv.cfg").exists()


def _may_hold_weights(entry: os.DirEntry[str]) -> bool:
    name = entry.name.lower()
    if not name.endswith((*SUFFIXES, *VAGUE_SUFFIXES)):
        return False
    try:
        size = entry.stat().st_size if entry.is_file() else 0
    except OSError:
        return False
    return size >= (1 if name.endswith(SUFFIXES) else SMALLEST_VAGUE)
