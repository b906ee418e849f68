"""Why keys do not fit, in a sentence: what the best renaming or pick says of checkpoint and model."""

from __future__ import annotations

from collections.abc import Sequence

from .align import WRAPPERS, Alignment
from .case import Case
from .keys import escape
from .picks import AVERAGED
from .renamings import Add, Ends, Renaming, Replace, Rewrap, Strip, Swap, Unwrap, Wrap

AVERAGE = "an average of the weights over training (EMA)"


def of(case: Case, pick: tuple[str, ...], found: Sequence[Alignment]) -> str | None:
    """One sentence for all of them; None where nothing was picked or renamed."""
    if found:
        parts = [_of_renaming(case, pick, one.renaming, len(one.pairs)) for one in found]
        return "; ".join(dict.fromkeys(parts))
    return _of_pick(case, pick) if pick else None


def _of_pick(case: Case, pick: tuple[str, ...]) -> str:
    said = f"the state dict lies under {_path(pick)} of {case.checkpoint}"
    if pick[0] in AVERAGED:
        return f"{said}, {AVERAGE}"
    others = [e.key for e in case.report.checkpoint_entries if e.key in AVERAGED and e.shape is None]
    return f"{said}; under {_path((others[0],))} lies {AVERAGE}" if others else said


def _path(pick: tuple[str, ...]) -> str:
    return "".join(f'["{escape(key)}"]' for key in pick)


def _of_renaming(case: Case, pick: tuple[str, ...], renaming: Renaming, changed: int) -> str:
    """`changed` keys of what lies under `pick` get another name by it."""
    file, model = case.checkpoint + _path(pick), case.model
    if isinstance(renaming, Strip):
        every = not pick and changed == len(case.report.checkpoint_entries)
        which = f"every key of {file} starts" if every else f"{changed} keys of {file} start"
        saved = _saved(renaming.prefix) or _saved_by_lightning(case, renaming.prefix)
        return f"{which} with `{escape(renaming.prefix)}`{saved}"
    if isinstance(renaming, Add):
        prefix = escape(renaming.prefix)
        return f"the keys of {model} start with `{prefix}`, those of {file} do not{_wrapped(renaming.prefix)}"
    if isinstance(renaming, Replace):
        return f"what is `{escape(renaming.old)}` in {file} is `{escape(renaming.new)}` in {model}"
    if isinstance(renaming, Swap):
        return f"what is `.{escape(renaming.old)}.` in {file} is `.{escape(renaming.new)}.` in {model}"
    if isinstance(renaming, Ends):
        return _of_ends(file, model, renaming)
    assert isinstance(renaming, (Unwrap, Wrap, Rewrap))
    names = " and ".join(f"`{wrapper}.`" for wrapper in renaming.wrappers)
    if isinstance(renaming, Unwrap):
        return f"keys of {file} contain {names}{_saved('.'.join(renaming.wrappers) + '.')}"
    if isinstance(renaming, Rewrap):
        return f"keys of {file} contain {names} in other places than those of {model}"
    return f"keys of {model} contain {names}, those of {file} do not"


def _of_ends(file: str, model: str, renaming: Ends) -> str:
    if renaming.given:
        return f"{file} has the tensors of `{renaming.given}`, {model} those of `{renaming.wanted}`: the same, renamed"
    return "; ".join(f"what is `{old[1:]}` in {file} is `{new[1:]}` in {model}" for old, new in renaming.table)


def _saved_by_lightning(case: Case, prefix: str) -> str:
    """A LightningModule holds the model as an attribute, whose name is then in every key."""
    is_one = any(entry.key == "pytorch-lightning_version" for entry in case.report.checkpoint_entries)
    return f", as a LightningModule saves its attribute `{escape(prefix[:-1])}`" if is_one else ""


def _saved(prefix: str) -> str:
    if prefix.startswith("base_model.model."):
        return ", as saved from a model wrapped by PEFT"
    makers = [WRAPPERS[part] for part in prefix.split(".") if part in WRAPPERS]
    return f", as saved from {' in '.join(makers)}" if makers else ""


def _wrapped(prefix: str) -> str:
    makers = [WRAPPERS[part] for part in prefix.split(".") if part in WRAPPERS]
    return f": the model is wrapped by {' in '.join(makers)}" if makers else ""
