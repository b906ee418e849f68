"""Finds paths of another machine, or of another time, again in this workspace."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath


def find(text: str, root: Path, near: Path) -> Path | None:
    """The file of the workspace that a recorded path names: the path itself, else its longest tail that is there.

    Relative paths start from `near`; tails are looked for there, then in the folders above it.  None where nothing
    of that name lies in the workspace.
    """
    path = _pure(text)
    if "\0" in text or not path.name:
        return None
    if not path.is_absolute() or isinstance(path, PurePosixPath):
        itself = Path(os.path.normpath(near / path))
        if root in itself.parents and itself.is_file():
            return itself
    parts = path.parts[1:] if path.is_absolute() else path.parts
    if ".." in parts:
        return None
    bases = [folder for folder in (near, *near.parents) if folder == root or root in folder.parents]
    tails = (parts[start:] for start in range(len(parts)))
    candidates = (base.joinpath(*tail) for tail in tails for base in bases)
    return next((candidate for candidate in candidates if candidate.is_file()), None)


@dataclass(frozen=True)
class Move:
    """A folder as it was called there, and what it is called here."""

    there: str
    here: str

    def of(self, text: str) -> str:
        """A word of a command line with the folder's new name: `--model=/there/a.pth` is `--model=/here/a.pth`."""
        if self.there == self.here:
            return text
        rest = r"(?P<rest>[/\\][^,\]'\"]*)?(?=$|[,\]'\"])"
        return re.sub(rf"(?P<before>^|[=:,\['\"]){re.escape(self.there)}{rest}", self._renamed, text)

    def _renamed(self, match: re.Match[str]) -> str:
        rest: str = match["rest"] or ""
        return match["before"] + self.here + (rest.replace("\\", "/") if "\\" in self.there else rest)


STAYED = Move("", "")
"""Nothing was moved."""


def move(there: str, here: Path, root: Path) -> Move:
    """What must have been moved, and where to, for the path `there` to be `here` now; at most the whole workspace."""
    old, new = _pure(there), here
    if not old.is_absolute():
        return STAYED
    while old.name and old.name == new.name and new != root:
        old, new = old.parent, new.parent
    # A script in the root folder of a container says nothing about the other paths that begin there.
    return Move(str(old), str(new)) if old.name else STAYED


def _pure(text: str) -> PurePath:
    windows = PureWindowsPath(text)
    return windows if windows.drive or ("\\" in text and "/" not in text) else PurePosixPath(text)
