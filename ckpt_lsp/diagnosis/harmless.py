"""Keys that are known to carry nothing which training made: computed by the constructor, or left by a tool."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .keys import group

_KNOWN = {
    r"num_batches_tracked": "BatchNorm's counter, which it fills in; used only with momentum=None",
    r"position_ids|token_type_ids": "a constant buffer that transformers no longer saves",
    r"masked_bias|attn\.bias|attention\.bias": "GPT's causal mask, a constant",
    r"inv_freq|rotary_emb\.(cos|sin)_cached": "rotary frequencies, computed by the constructor",
    r"relative_position_index|relative_coords_table|attn_mask": "window attention's indices, a constant",
    r"total_ops|total_params": "left in the model by a profiler (thop)",
}
"""End of a key -> what it is."""

_ENDS = {re.compile(rf"(?:^|\.)(?:{end})$"): reason for end, reason in _KNOWN.items()}
_NEEDS_MASK = re.compile(r"(?:^|\.)(?:attn|attention)\.bias$")


def sort_out(keys: Iterable[str], own: Iterable[str]) -> dict[str, list[str]]:
    """What the harmless ones among `keys` are -> those keys.  `own` are all keys of the side they are on.

    A `bias` of an attention module is a mask only where no `weight` stands beside it.
    """
    beside = set(own)
    found: dict[str, list[str]] = {}
    for key in keys:
        reason = next((reason for end, reason in _ENDS.items() if end.search(key)), None)
        is_parameter = _NEEDS_MASK.search(key) and key.removesuffix("bias") + "weight" in beside
        if reason is not None and not is_parameter:
            found.setdefault(reason, []).append(key)
    return found


def told(found: dict[str, list[str]]) -> list[str]:
    """A line for each kind."""
    return [f"{', '.join(f'`{term}`' for term in group(keys))}: {reason}" for reason, keys in found.items()]
