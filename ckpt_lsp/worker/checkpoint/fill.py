"""What a pickle adds to an object after making it: list items, dict items, set members, state."""

from __future__ import annotations

from typing import Any, Dict, List

from .errors import Malformed
from .graph import DraftCall, DraftDict, DraftSet, DraftTensor
from .machine import Budget, Imports
from .records import Global
from .tensors import set_state

_ENTRY = 60
"""Bytes that an entry of a dict takes."""


def add_items(target: Any, items: "List[Any]") -> None:
    """`target.extend(items)`"""
    if isinstance(target, list):
        target.extend(items)
    elif isinstance(target, DraftCall):
        target.items.extend(items)
    else:
        raise ValueError("no list")


def add_entries(target: Any, items: "List[Any]", budget: Budget) -> None:
    """`items` are keys and values in turn."""
    if len(items) % 2:
        raise ValueError("odd number of items")
    budget.charge(_ENTRY * (len(items) // 2))
    pairs = zip(items[::2], items[1::2])
    if isinstance(target, DraftDict):
        target.update(pairs)
    elif isinstance(target, DraftCall):
        target.entries.extend(pairs)
    else:
        raise ValueError("no dict")


def add_members(target: Any, items: "List[Any]") -> None:
    if isinstance(target, DraftSet) and not target.frozen:
        target.add(items)
    elif isinstance(target, DraftCall):
        target.items.extend(items)
    else:
        raise ValueError("no set")


def build(target: Any, state: Any, imports: Imports) -> None:
    """`target.__setstate__(state)`, or its default."""
    if isinstance(target, DraftCall):
        target.states.append(state)
    elif isinstance(target, DraftTensor):
        set_state(target, state)
    elif isinstance(target, DraftDict):
        target.attributes.update(attributes_of(state))
    elif isinstance(target, Global):
        raise Malformed("sets attributes of %s, which is code, not data" % target.name)
    else:
        raise ValueError("no state")


def attributes_of(state: Any) -> "Dict[str, Any]":
    """The attributes that the default `__setstate__` would set; ValueError where it would fail."""
    parts = state if isinstance(state, tuple) and len(state) == 2 else (state,)
    found: Dict[str, Any] = {}
    for part in parts:
        if isinstance(part, DraftDict):
            found.update((key, value) for key, value in part.pairs() if type(key) is str)
        elif part is not None:
            raise ValueError("state")
    return found
