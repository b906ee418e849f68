"""Causes that are read off both sides where no renaming explains them: each a sentence, with the next step."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from . import counts, sizes
from .align import Shape
from .case import Case
from .keys import escape, group

_LORA = re.compile(r"(^|\.)lora_(A|B|embedding_A|embedding_B|magnitude_vector)(\.|$)")
_NORMS = (
    ("weight norm", "weight_norm", ("{0}_g", "{0}_v")),
    ("weight norm", "weight_norm", ("parametrizations.{0}.original0", "parametrizations.{0}.original1")),
    ("spectral norm", "spectral_norm", ("{0}_orig", "{0}_u")),
    ("spectral norm", "spectral_norm", ("parametrizations.{0}.original", "parametrizations.{0}.0._u")),
)


def of(case: Case) -> str | None:
    """The likeliest cause that is known for sure."""
    return next(_all(case), None)


def besides(case: Case) -> str | None:
    """What remains to be said where a renaming explains the keys."""
    report = case.report
    given = {entry.key: entry.shape for entry in report.checkpoint_entries}
    return next(_adapter(case, given, {entry.key: entry.shape for entry in report.model_entries}), None)


def _all(case: Case) -> Iterator[str]:
    report = case.report
    given = {entry.key: entry.shape for entry in report.checkpoint_entries}
    own = {entry.key: entry.shape for entry in report.model_entries}
    yield from _adapter(case, given, own)
    yield from _norms(case, given, own)
    yield from contradictions(case)


# -- adapters ------------------------------------------------------------------------------------------------------


def _adapter(case: Case, given: Mapping[str, Shape], own: Mapping[str, Shape]) -> Iterator[str]:
    tuned = [key for key in given if _LORA.search(key)]
    if not tuned or any(_LORA.search(key) for key in own):
        return
    if len(tuned) == len(given):
        yield (
            f"{case.checkpoint} is a LoRA adapter without the weights that it was trained on: "
            f"load those first, then put it on top with peft's PeftModel.from_pretrained"
        )
    else:
        yield (
            f"{case.checkpoint} was saved with LoRA adapters on top ({len(tuned)} keys) that {case.model} does not "
            f"have: call merge_and_unload() before saving, or wrap {case.model} with peft.get_peft_model"
        )


# -- norms ---------------------------------------------------------------------------------------------------------


def _norms(case: Case, given: Mapping[str, Shape], own: Mapping[str, Shape]) -> Iterator[str]:
    file, model = case.checkpoint, case.model
    for norm, function, ends in _NORMS:
        without = _modules_of(given, own, ends)
        if without:
            terms = _terms(without)
            yield f"{model} has {norm} on {terms}, {file} was saved without it: load first, then apply {function}"
        with_it = _modules_of(own, given, ends)
        if with_it:
            terms = _terms(with_it)
            yield (
                f"{file} was saved with {norm} on {terms}, {model} has none: apply {function} before loading, "
                f"and remove it afterwards"
            )


def _modules_of(plain: Mapping[str, Shape], normed: Mapping[str, Shape], ends: tuple[str, ...]) -> list[str]:
    """Modules with a plain `weight` on one side, that is under the norm on the other."""
    found = []
    for key in plain:
        module, dot, name = key.rpartition(".")
        if key not in normed and all(module + dot + end.format(name) in normed for end in ends):
            found.append(module or name)
    return found


def _terms(names: list[str]) -> str:
    terms = group(names)
    return f"`{terms[0]}`" if len(terms) == 1 else f"`{terms[0]}` and {len(names) - 1} more"


# -- sizes ---------------------------------------------------------------------------------------------------------


def contradictions(case: Case) -> Iterator[str]:
    """A weight that fits the model while the bias beside it has another length: no argument makes such a model."""
    given = {entry.key: entry.shape for entry in case.report.checkpoint_entries}
    for mismatch in case.comparison.mismatched:
        weight = mismatch.key.removesuffix("bias") + "weight" if mismatch.key.endswith("bias") else mismatch.key
        shape = given.get(weight)
        if weight != mismatch.key and shape and shape[:1] == mismatch.model and len(mismatch.checkpoint) == 1:
            yield (
                f"{case.checkpoint} contradicts itself: its `{escape(weight)}` has {_rows(shape[0])}, its "
                f"`{escape(mismatch.key)}` {mismatch.checkpoint[0]}; no such layer can have been saved, so fetch the "
                f"file again or look at what changed it"
            )
            return


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number} rows"


# -- how much fits -------------------------------------------------------------------------------------------------


def how_much_fits(case: Case) -> str | None:
    """Nearly nothing, or all but what is missing; None where other numbers of layers or another size explain it."""
    report, left = case.report, case.comparison
    given, own = ([entry.key for entry in side] for side in (report.checkpoint_entries, report.model_entries))
    if sizes.of_depth(given, own) or left.mismatched or any(entry.shape is None for entry in report.checkpoint_entries):
        return None
    if fits_little(case):
        some = f"only {fitting(case)}" if fitting(case) else "none"
        return (
            f"{some} of the {len(own)} tensors of {case.model} are in {case.checkpoint}, so it may be another model's"
        )
    if case.strict and not left.unexpected:
        return (
            f"all else fits: {case.checkpoint} has the other {fitting(case)} of the {len(own)} tensors of {case.model}"
        )
    return None


def fits_little(case: Case) -> bool:
    """Whether less than half of the model is in the file under its name and in its size."""
    return fitting(case) * 2 < len(case.report.model_entries)


def fitting(case: Case) -> int:
    """How many tensors of the model are."""
    own = [entry.key for entry in case.report.model_entries]
    given = {entry.key for entry in case.report.checkpoint_entries}
    return counts.loaded(own, case.comparison.missing, given) - len(case.comparison.mismatched)
