"""Modules of one shape under other names: they are shown side by side, and never renamed, since shapes alone cannot
tell which is which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .align import Shape
from .case import Case
from .keys import group

_MOST_LINES = 4
_MOST_TERMS = 3
"""Of one side; with more the file is another model's rather than this one's with other names."""

_Tensors = frozenset[tuple[str, Shape]]


def told(case: Case, missing: Mapping[str, Shape], unexpected: Mapping[str, Shape]) -> str | None:
    """Which modules of the file may be which of the model; None where none may, or too many."""
    lines: list[str] = []
    for theirs, ours in _alike(missing, unexpected):
        given, own = group(theirs), group(ours)
        if len(given) > _MOST_TERMS or len(own) > _MOST_TERMS or len(lines) == _MOST_LINES:
            return None
        lines.append(_sentence(case, theirs, ours, given, own))
    return "\n".join(lines) or None


def _sentence(case: Case, theirs: list[str], ours: list[str], given: list[str], own: list[str]) -> str:
    file, model = _quoted(given), _quoted(own)
    if len(theirs) == len(ours) == 1:
        return f"{file} of {case.checkpoint} has the shapes of {model} of {case.model}, and may be the same renamed"
    return (
        f"{file} of {case.checkpoint} have the shapes of {model} of {case.model}; which is which only the code that "
        f"saved them tells, so rename the keys by hand"
    )


def _quoted(terms: list[str]) -> str:
    return ", ".join(f"`{term}`" for term in terms)


def _alike(missing: Mapping[str, Shape], unexpected: Mapping[str, Shape]) -> Iterator[tuple[list[str], list[str]]]:
    """Modules of the file and of the model whose tensors have the same names and shapes, those of one kind together."""
    ours = _by_tensors(missing)
    for tensors, modules in _by_tensors(unexpected).items():
        if tensors in ours and all(shape is not None for _, shape in tensors):
            yield modules, ours[tensors]


def _by_tensors(keys: Mapping[str, Shape]) -> dict[_Tensors, list[str]]:
    modules: dict[str, set[tuple[str, Shape]]] = {}
    for key, shape in keys.items():
        module, dot, name = key.rpartition(".")
        if dot:
            modules.setdefault(module, set()).add((name, shape))
    found: dict[_Tensors, list[str]] = {}
    for module, tensors in modules.items():
        found.setdefault(frozenset(tensors), []).append(module)
    return found
