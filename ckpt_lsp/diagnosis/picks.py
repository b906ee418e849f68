"""Where in a checkpoint the state dict may lie, as training programs save it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..types import Entry

USUAL = (
    "state_dict",
    "model_state_dict",
    "model",
    "net",
    "network",
    "module",
    "weights",
    "params",
    "generator",
    "student",
    "ema_state_dict",
    "model_ema",
    "state_dict_ema",
    "params_ema",
    "ema",
    "ema_model",
    "teacher",
)
"""In the order in which they are tried; averaged weights and teachers after the model itself."""

AVERAGED = ("ema_state_dict", "model_ema", "state_dict_ema", "params_ema", "ema", "ema_model", "teacher")
"""Those of them that hold an average over the steps of training, the other weights being those of the last step."""

_NESTED = ("state_dict", "model_state_dict", "model")
_OTHERS = 8
"""Unusual keys that are tried as well."""


def picks(entries: Sequence[Entry]) -> Iterator[tuple[str, ...]]:
    """Paths of keys, the likelier first."""
    holders = [entry.key for entry in entries if entry.shape is None]
    usual = [key for key in USUAL if key in holders]
    for key in [*usual, *[key for key in holders if key not in usual][:_OTHERS]]:
        yield (key,)
    for key in usual:
        yield from ((key, inner) for inner in _NESTED)
