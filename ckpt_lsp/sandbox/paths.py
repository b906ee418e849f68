"""Paths as the kernel walks them: which links lead to a place, and where it really lies."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

_MOST_LINKS = 40


Links = tuple[tuple[Path, str], ...]
"""Where a link lies, what it says."""


def trail(path: Path) -> tuple[Links, Path | None]:
    """The symbolic links met on the way to `path`, and its real place; None where it leads nowhere."""
    try:
        return _walk(path)
    except (OSError, ValueError):  # too long, closed to us, a null byte
        return (), None


def _walk(path: Path) -> tuple[Links, Path | None]:
    links: list[tuple[Path, str]] = []
    rest = list(path.absolute().parts[1:])
    place = Path("/")
    while rest:
        part = rest.pop(0)
        if part in ("", "."):
            continue
        if part == "..":
            place = place.parent
            continue
        here = place / part
        if not here.is_symlink():
            place = here
            continue
        if len(links) >= _MOST_LINKS:
            return tuple(links), None
        target = str(here.readlink())
        links.append((here, target))
        rest[:0] = Path(target).parts
        if rest[0] == "/":
            place = Path("/")
            rest.pop(0)
    return tuple(links), place if place.exists() else None


def without_nested(paths: Iterable[Path]) -> tuple[Path, ...]:
    """In order of depth, those that lie below no other."""
    kept: list[Path] = []
    for path in sorted(set(paths), key=lambda path: (len(path.parts), path)):
        if not any(path.is_relative_to(other) for other in kept):
            kept.append(path)
    return tuple(kept)
