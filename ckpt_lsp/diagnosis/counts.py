"""How much of a model is loaded."""

from __future__ import annotations

from collections.abc import Collection

_FILLED_IN = ".num_batches_tracked"


def loaded(model: Collection[str], comparison_missing: Collection[str], given: Collection[str]) -> int:
    """How many keys of the model get a tensor of the state dict.

    What torch does not call missing is not all loaded: BatchNorm fills in its counter where `_metadata` has no
    version of it.
    """
    absent = set(comparison_missing)
    return sum(key not in absent and (key in given or not _filled_in(key)) for key in model)


def _filled_in(key: str) -> bool:
    return ("." + key).endswith(_FILLED_IN)
