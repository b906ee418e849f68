"""The registry: one file per rule, one line here."""

from __future__ import annotations

from .bad_hint import BAD_HINT
from .brittle_prefix_strip import BRITTLE_PREFIX_STRIP
from .checkpoint_not_found import CHECKPOINT_NOT_FOUND
from .executes_code import EXECUTES_CODE
from .load_error import LOAD_ERROR
from .lock_outdated import LOCK_OUTDATED
from .missing_keys import MISSING_KEYS
from .not_a_checkpoint import NOT_A_CHECKPOINT
from .nothing_loaded import NOTHING_LOADED
from .partially_loaded import PARTIALLY_LOADED
from .rule import Rule
from .size_mismatch import SIZE_MISMATCH
from .unexpected_keys import UNEXPECTED_KEYS
from .unresolved import UNRESOLVED
from .unused_strict_false import UNUSED_STRICT_FALSE
from .unused_suppression import UNUSED_SUPPRESSION
from .weights_only_rejects import WEIGHTS_ONLY_REJECTS

_RULES = {
    rule.name: rule
    for rule in (
        MISSING_KEYS,
        UNEXPECTED_KEYS,
        SIZE_MISMATCH,
        LOAD_ERROR,
        NOTHING_LOADED,
        PARTIALLY_LOADED,
        BRITTLE_PREFIX_STRIP,
        UNUSED_STRICT_FALSE,
        CHECKPOINT_NOT_FOUND,
        LOCK_OUTDATED,
        NOT_A_CHECKPOINT,
        WEIGHTS_ONLY_REJECTS,
        EXECUTES_CODE,
        UNRESOLVED,
        BAD_HINT,
        UNUSED_SUPPRESSION,
    )
}


def get(name: str) -> Rule:
    """Raises KeyError."""
    return _RULES[name]


def all() -> tuple[Rule, ...]:
    """In the order in which they are documented."""
    return tuple(_RULES.values())


__all__ = [
    "BAD_HINT",
    "BRITTLE_PREFIX_STRIP",
    "CHECKPOINT_NOT_FOUND",
    "EXECUTES_CODE",
    "LOAD_ERROR",
    "LOCK_OUTDATED",
    "MISSING_KEYS",
    "NOTHING_LOADED",
    "NOT_A_CHECKPOINT",
    "PARTIALLY_LOADED",
    "SIZE_MISMATCH",
    "UNEXPECTED_KEYS",
    "UNRESOLVED",
    "UNUSED_STRICT_FALSE",
    "UNUSED_SUPPRESSION",
    "WEIGHTS_ONLY_REJECTS",
    "Rule",
    "all",
    "get",
]
