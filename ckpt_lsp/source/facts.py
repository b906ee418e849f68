"""What a piece of code does to variables, as data: the vocabulary of `effects` and `reading`.

Variables are strings: `x`, and `self.x` for attributes of a method's first parameter.  An object may be reached
through several variables; `flows` records "target may expose source", and a change of the target is a change of
the source.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Facts:
    """What one statement (its own expressions, not its blocks) does."""

    binds: set[str] = field(default_factory=set)
    reads: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    flows: set[tuple[str, str]] = field(default_factory=set)
    """(target, source): the target may expose the source's object."""
    ambient: bool = False
    dynamic: bool = False
    """exec, eval, globals(): may read or change any name."""
    calls: list[ast.Call] = field(default_factory=list)


@dataclass(frozen=True)
class Summary:
    """What a call of a function may do, in terms of its own parameters."""

    changes: frozenset[str] = frozenset()
    """Parameters, `self.x` attributes and names of its module (`global:x`) whose objects may change."""
    escapes: frozenset[str] = frozenset()
    """Parameters that its result (or an object it changes) may expose."""
    ambient: bool = False


UNKNOWN = Summary(frozenset({"*"}), frozenset({"*"}))
AMBIENT = Summary(frozenset({"*"}), frozenset({"*"}), ambient=True)
"""A call into the workspace that cannot be followed: it may change what other modules see."""
TAKES_IN = Summary(frozenset({"receiver"}))
"""`models.append(net)`: changes the container, which from then on exposes what it was given."""
HARMLESS = Summary()
FORWARD = Summary(frozenset({"arguments"}), frozenset({"arguments"}))
"""A call of an object: it may be a function that changes its arguments; the object itself stays."""


def closure(names: Iterable[str], flows: Iterable[tuple[str, str]]) -> set[str]:
    """`names` and every variable whose object they may expose."""
    sources: dict[str, set[str]] = {}
    for target, source in flows:
        sources.setdefault(target, set()).add(source)
    reached: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(sources.get(name, ()))
    return reached
