"""Which numbers of the model are other ones in the file: read off shapes and indices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ..types import Mismatch
from .case import Case
from .keys import escape


@dataclass(frozen=True)
class Difference:
    """A number that the file has, and the number that the model has in its place."""

    given: int
    own: int
    tensors: str = ""
    """How many have it: "2 of 2 tensors"."""
    modules: str = ""
    """Prefix of the modules whose number it is."""


def of(case: Case) -> list[Difference]:
    """All of them, the numbers of modules first: what depends on them comes right by itself."""
    report = case.report
    given, own = ([entry.key for entry in side] for side in (report.checkpoint_entries, report.model_entries))
    return [*of_depth(given, own), *of_shapes(case.comparison.mismatched)]


def of_shapes(found: Sequence[Mismatch]) -> list[Difference]:
    """The numbers that differ, the one that differs most often first; none where shapes have other lengths."""
    pairs: Counter[tuple[int, int]] = Counter()
    for mismatch in found:
        if len(mismatch.checkpoint) != len(mismatch.model):
            return []
        pairs.update({(a, b) for a, b in zip(mismatch.checkpoint, mismatch.model, strict=True) if a != b})
    total = len(found)
    return [
        Difference(given, own, f"{count} of {total} tensors" if total > 1 else "1 tensor")
        for (given, own), count in pairs.most_common()
    ]


def of_depth(given: Collection[str], own: Collection[str]) -> list[Difference]:
    """Lists of modules that go on longer on one side: `blocks.0` to `blocks.23` against `blocks.0` to `blocks.11`."""
    theirs, ours = _lengths(given), _lengths(own)
    return [
        Difference(theirs[prefix], ours[prefix], modules=prefix)
        for prefix in ours
        if prefix and prefix in theirs and theirs[prefix] != ours[prefix]
    ]


def _lengths(keys: Collection[str]) -> dict[str, int]:
    """Prefix -> how many modules are numbered below it, where their numbers have no gap."""
    indices: dict[str, set[int]] = {}
    for key in keys:
        parts = key.split(".")
        for at, part in enumerate(parts[:-1]):
            if part.isascii() and part.isdigit() and len(part) < 6:
                indices.setdefault(".".join(parts[:at]), set()).add(int(part))
    return {prefix: len(found) for prefix, found in indices.items() if max(found) == len(found) - 1}


def sentence(case: Case, difference: Difference) -> str:
    file, given, model, own = case.checkpoint, difference.given, case.model, difference.own
    if difference.modules:
        return f"{file} has {given} modules in `{escape(difference.modules)}`, {model} has {own}"
    return f"{file} has {given} where {model} has {own}, in {difference.tensors}"
