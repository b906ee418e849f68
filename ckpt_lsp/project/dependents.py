"""Which files hold load sites whose programs read a given file: the ones to look at again when it is edited."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from ..source.sites import may_stand_in
from ..source.tree import Module
from .modules import Modules

MOST_USERS = 200
"""Modules that import the file, directly or through others."""

MOST_REACHED = 400
"""Modules that those import in turn: one of them may hold the call that a script comes to."""

MOST_CROSSED = 3
"""Imports between a script and the file with its load site."""


def dependents(modules: Modules, changed: Module) -> list[Path]:
    """Files with load sites, the nearest to `changed` first; `changed` itself is left out.

    More than really depend on it: a script may import the file and load into a model of another."""
    users = _reached([changed], modules.importers, MOST_USERS)
    reached = _reached(users, modules.imported, MOST_REACHED, MOST_CROSSED)
    return [module.path for module in reached if module is not changed and may_stand_in(module.text)]


def _reached(
    start: Iterable[Module], step: Callable[[Module], Iterable[Module]], most: int, furthest: int | None = None
) -> list[Module]:
    """What can be come to from `start`, that included, breadth first."""
    found = {module.path: module for module in start}
    level, distance = list(found.values()), 0
    while level and distance != furthest:
        nearby = {other.path: other for module in level for other in step(module) if other.path not in found}
        level = list(nearby.values())[: most - len(found)] if len(found) < most else []
        found.update((module.path, module) for module in level)
        distance += 1
    return list(found.values())
