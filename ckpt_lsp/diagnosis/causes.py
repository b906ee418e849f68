"""Why keys do not fit, in a sentence: what the best renaming or pick says of checkpoint and model."""

from __future__ import annotations

from collections.abc import Sequence

from .align import WRAPPERS, Alignment
from .case import Case
from .keys import escape
from .renamings import Add, Renaming, Replace, Strip, Swap, Unwrap, Wrap


def of(case: Case, pick: tuple[str, ...], found: Sequence[Alignment]) -> str | None:
    """One sentence for all of them; None where nothing was picked or renamed."""
    if found:
        parts = [_of_renaming(case, pick, one.renaming, len(one.pairs)) for one in found]
        return "; ".join(dict.fromkeys(parts))
    return f"the state dict lies under {_path(pick)} of {case.checkpoint}" if pick else None


def _path(pick: tuple[str, ...]) -> str:
    return "".join(f'["{escape(key)}"]' for key in pick)


def _of_renaming(case: Case, pick: tuple[str, ...], renaming: Renaming, changed: int) -> str:
    """`changed` keys of what lies under `pick` get another name by it."""
    file, model = case.checkpoint + _path(pick), case.model
    if isinstance(renaming, Strip):
        every = not pick and changed == len(case.report.checkpoint_entries)
        which = f"every key of {file} starts" if every else f"{changed} keys of {file} start"
        return f"{which} with `{escape(renaming.prefix)}`{_saved(renaming.prefix)}"
    if isinstance(renaming, Add):
        prefix = escape(renaming.prefix)
        return f"the keys of {model} start with `{prefix}`, those of {file} do not{_wrapped(renaming.prefix)}"
    if isinstance(renaming, Replace):
        return f"what is `{escape(renaming.old)}` in {file} is `{escape(renaming.new)}` in {model}"
    if isinstance(renaming, Swap):
        return f"what is `.{escape(renaming.old)}.` in {file} is `.{escape(renaming.new)}.` in {model}"
    assert isinstance(renaming, (Unwrap, Wrap))
    names = " and ".join(f"`{wrapper}.`" for wrapper in renaming.wrappers)
    if isinstance(renaming, Unwrap):
        return f"keys of {file} contain {names}{_saved('.'.join(renaming.wrappers) + '.')}"
    return f"keys of {model} contain {names}, those of {file} do not"


def _saved(prefix: str) -> str:
    makers = [WRAPPERS[part] for part in prefix.split(".") if part in WRAPPERS]
    return f", as saved from {' in '.join(makers)}" if makers else ""


def _wrapped(prefix: str) -> str:
    makers = [WRAPPERS[part] for part in prefix.split(".") if part in WRAPPERS]
    return f": the model is wrapped by {' in '.join(makers)}" if makers else ""
