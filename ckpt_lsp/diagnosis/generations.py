"""Names of the same tensors under older and newer torch, or under another library."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from .renamings import Ends

_UTILS = "torch.nn.utils."
_GENERATIONS = (
    (
        _UTILS + "weight_norm",
        ("{0}_g", "{0}_v"),
        _UTILS + "parametrizations.weight_norm",
        ("parametrizations.{0}.original0", "parametrizations.{0}.original1"),
    ),
    (
        _UTILS + "spectral_norm",
        ("{0}_orig", "{0}_u", "{0}_v"),
        _UTILS + "parametrizations.spectral_norm",
        ("parametrizations.{0}.original", "parametrizations.{0}.0._u", "parametrizations.{0}.0._v"),
    ),
)
"""What makes the older names of a tensor, those names, and the same for the newer ones."""

_LAYER_NORM = ("gamma", "beta"), ("weight", "bias")
"""As in checkpoints that were converted from TensorFlow, BERT's first ones among them."""

_PARAMETRIZED = re.compile(r"(?:^|\.)parametrizations\.([^.]+)\.")
_MOST_NAMES = 4
"""Of tensors that one module has under a norm: `weight`, of an LSTM more."""


def generations(missing: Mapping[str, object], unexpected: Mapping[str, object]) -> Iterator[Ends]:
    """From the names of the one to the names of the other, where both sides have some of theirs."""
    names = _names([*missing, *unexpected])
    for older, old, newer, new in _GENERATIONS:
        for given, theirs, wanted, ours in ((older, old, newer, new), (newer, new, older, old)):
            table = [(end, other) for name in names for end, other in _ends(name, theirs, ours)]
            if _has_all(unexpected, table, 0) and _has_all(missing, table, 1):
                yield Ends(tuple(table), given, wanted)
    for theirs, ours in (_LAYER_NORM, _LAYER_NORM[::-1]):
        table = [*_ends("", theirs, ours)]
        if _has_all(unexpected, table, 0) and _has_all(missing, table, 1):
            yield Ends(tuple(table))


def _names(keys: Iterable[str]) -> list[str]:
    found = (match.group(1) for key in keys for match in _PARAMETRIZED.finditer(key))
    return list(dict.fromkeys(found))[:_MOST_NAMES]


def _ends(name: str, theirs: Iterable[str], ours: Iterable[str]) -> Iterator[tuple[str, str]]:
    for end, other in zip(theirs, ours, strict=True):
        yield "." + end.format(name), "." + other.format(name)


def _has_all(keys: Iterable[str], table: list[tuple[str, str]], side: int) -> bool:
    """Whether each end of one side of the table is the end of some key."""
    left = {row[side] for row in table}
    for key in keys:
        left -= {end for end in left if key.endswith(end)}
    return bool(table) and not left
