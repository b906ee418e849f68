"""`brittle-prefix-strip`: code that takes a prefix off keys, and mangles keys of this checkpoint that have none.

Found in the text, shown on the keys that came to the call under another name, and told only where the call does
better once the prefix is taken off by `removeprefix`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..source.edits.layout import quote_of
from ..source.tree import Module
from ..types import Finding, Fix, Raises, Related, Span, TextEdit
from . import rules
from .case import Case
from .keys import escape, group
from .texts import modules
from .trial import Trial, tried

_BY_LENGTH = {len(prefix): prefix for prefix in ("net.", "model.", "module.", "encoder.", "backbone.", "_orig_mod.")}
"""What is meant where no key of the file has a prefix of that length."""

_SHOWN = 3
_MOST_GUESSES = 3


@dataclass(frozen=True)
class Strip:
    """An expression that makes a new key of the one that `name` holds."""

    module: Module
    span: Span
    source: str
    name: str
    makes: Callable[[str], str]
    prefix: str
    is_guess: bool
    """The prefix is one that keys of the file happen to have: `layer1.` is as long as `module.`."""
    why: str
    """What it does besides, to be put after its source."""


def brittle_strips(case: Case) -> list[Finding]:
    """At most one for each such expression."""
    renamed = case.report.renamed
    if not renamed or case.recheck is None or case.comparison.clean:
        return []
    keys = [before for before, _ in renamed]
    found: dict[tuple[Path, Span], Finding] = {}
    for strip in (strip for module in modules(case) for strip in _strips(module, keys)):
        mangled = [(k, a) for k, a in renamed if strip.makes(k) == a != k.removeprefix(strip.prefix)]
        place = (strip.module.path, strip.span)
        finding = _finding(case, strip, mangled) if mangled and place not in found else None
        if finding is not None:
            found[place] = finding
    return list(found.values())


def _finding(case: Case, strip: Strip, mangled: list[tuple[str, str]]) -> Finding | None:
    quote = quote_of(strip.module.text)
    new = f"{strip.name}.removeprefix({quote}{strip.prefix}{quote})"
    edit = TextEdit(strip.module.path, strip.span, new)
    trial = tried(case, (edit,))
    if trial is None or not _is_better(case, trial) or (strip.is_guess and trial.total):
        return None
    fix = Fix(f"Write `{new}`" + trial.told(), (edit,), trial.leftover, preferred=trial.total == 0)
    shown = ", ".join(f"`{escape(k)}` becomes `{group([a])[0]}`" for k, a in mangled[:_SHOWN])
    more = f" and {len(mangled) - _SHOWN} more" if len(mangled) > _SHOWN else ""
    message = f"`{strip.source}` {strip.why}\nof {case.checkpoint}, {shown}{more}"
    rule, site = rules.BRITTLE_PREFIX_STRIP, case.report.site
    related = (Related(site.path, site.span, "the state dict is loaded here"),)
    return Finding(rule.name, rule.severity, strip.module.path, strip.span, message, related, (fix,))


def _is_better(case: Case, trial: Trial) -> bool:
    left, verdict = case.comparison, case.report.verdict
    before = len(left.missing) + len(left.unexpected) + len(left.mismatched)
    return trial.total < before and (isinstance(verdict, Raises) or len(trial.comparison.missing) < len(left.missing))


# -- the expressions -----------------------------------------------------------------------------------------------


def _strips(module: Module, keys: list[str]) -> Iterator[Strip]:
    """In the order of the text."""
    nodes = (node for node in module.parents if isinstance(node, (ast.Subscript, ast.Call)))
    for node in sorted(nodes, key=lambda node: (node.lineno, node.col_offset)):
        found = _sliced(module, node, keys) if isinstance(node, ast.Subscript) else _called(module, node)
        yield from (strip for strip in found if _is_key(module, node, strip.name))


def _sliced(module: Module, node: ast.Subscript, keys: list[str]) -> Iterator[Strip]:
    """`k[7:]`, once for each prefix of that length that may be meant."""
    cut = node.slice
    if not isinstance(node.value, ast.Name) or not isinstance(cut, ast.Slice) or cut.upper or cut.step:
        return
    length = cut.lower.value if isinstance(cut.lower, ast.Constant) else None
    if type(length) is not int or length <= 0:
        return
    usual = _BY_LENGTH.get(length)
    heads = dict.fromkeys(key[:length] for key in keys if key[length - 1 : length] == ".")
    for prefix in dict.fromkeys([*([usual] if usual else []), *[*heads][:_MOST_GUESSES]]):
        why = f"cuts {length} characters off every key, also off those that do not start with `{escape(prefix)}`"
        place, source, makes = module.span(node), module.source(node), lambda key: key[length:]
        yield Strip(module, place, source, node.value.id, makes, prefix, prefix != usual, why)


def _called(module: Module, node: ast.Call) -> Iterator[Strip]:
    """`k.replace("module.", "")` and `k.lstrip("module.")`."""
    method, arguments = node.func, [a.value for a in node.args if isinstance(a, ast.Constant)]
    if not isinstance(method, ast.Attribute) or not isinstance(method.value, ast.Name) or node.keywords:
        return
    prefix, *rest = arguments or [None]
    if not isinstance(prefix, str) or len(prefix) < 2 or not prefix.endswith(".") or len(arguments) != len(node.args):
        return
    place, source, name = module.span(node), module.source(node), method.value.id
    if method.attr == "replace" and rest == [""]:
        why = f"takes `{escape(prefix)}` out of the middle of a key as well"
        yield Strip(module, place, source, name, lambda key: key.replace(prefix, ""), prefix, False, why)
    if method.attr == "lstrip" and not rest:
        why = f"strips any of the characters of `{escape(prefix)}`, however many there are"
        yield Strip(module, place, source, name, lambda key: key.lstrip(prefix), prefix, False, why)


def _is_key(module: Module, node: ast.AST, name: str) -> bool:
    """Whether `name` is what a loop or a comprehension round the expression goes over."""
    for around in module.ancestors(node):
        if isinstance(around, (ast.For, ast.AsyncFor)):
            targets = [around.target]
        elif isinstance(around, (ast.DictComp, ast.ListComp, ast.GeneratorExp, ast.SetComp)):
            targets = [generator.target for generator in around.generators]
        else:
            continue
        if any(isinstance(n, ast.Name) and n.id == name for target in targets for n in ast.walk(target)):
            return True
    return False
