"""Which constructor argument is another one: read off shapes and indices, and looked for in the text."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from ..source.tree import Module, dotted, parse
from ..types import Mismatch, Related
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


def places(case: Case, difference: Difference) -> tuple[Related, ...]:
    """Where the text gives the model's number to its constructor."""
    name = (case.report.model or "").split(".")[-1]
    if not name or str(difference.own) not in case.text:
        return ()
    module = parse(case.report.site.path, case.text)
    return tuple(
        Related(module.path, module.span(node), f"{said} here, where {case.checkpoint} has {difference.given}")
        for node, said in _numbers(module, name, difference.own)
    )


def _numbers(module: Module, name: str, number: int) -> Iterator[tuple[ast.expr, str]]:
    """Arguments of the constructor that are this number, written there or as a constant of the text."""
    for call in ast.walk(module.tree):
        if isinstance(call, ast.Call) and (dotted(call.func) or "").split(".")[-1] == name:
            for argument, said in _arguments(call):
                value = _constant(module, argument)
                if value is not None and _is_number(value, number):
                    yield value, f"{said}{number}"


def _arguments(call: ast.Call) -> Iterator[tuple[ast.expr, str]]:
    yield from ((argument, "") for argument in call.args)
    yield from ((keyword.value, f"{keyword.arg}=") for keyword in call.keywords if keyword.arg)


def _constant(module: Module, argument: ast.expr) -> ast.expr | None:
    """What a name is set to, if the text sets it once."""
    if not isinstance(argument, ast.Name):
        return argument
    found = [
        node.value
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == argument.id for target in node.targets)
    ]
    return found[0] if len(found) == 1 else None


def _is_number(node: ast.expr, number: int) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int and node.value == number
