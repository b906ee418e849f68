"""What findings say: the first line says what is wrong, the next ones list and explain."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from ..types import Leftover, Mismatch, Related
from .case import Case
from .keys import escape, group, readable

MOST_TERMS = 24
"""Of one list in a message; the whole list is in the related information."""

_IN_LINE = 3


def missing(case: Case, keys: Sequence[str]) -> str:
    verb = "is" if len(keys) == 1 else "are"
    return _list(f"{count(keys, 'key')} of {case.model} {verb} missing in {case.checkpoint}", keys)


def unexpected(case: Case, keys: Sequence[str]) -> str:
    verb = "has" if len(keys) == 1 else "have"
    return _list(f"{count(keys, 'key')} of {case.checkpoint} {verb} no place in {case.model}", keys)


def mismatched(case: Case, found: Sequence[Mismatch]) -> str:
    verb, a = ("has", "another size") if len(found) == 1 else ("have", "other sizes")
    head = f"{count(found, 'tensor')} of {case.checkpoint} {verb} {a} than in {case.model}"
    alike: dict[tuple[tuple[int, ...], tuple[int, ...]], list[str]] = {}
    for mismatch in found:
        alike.setdefault((mismatch.checkpoint, mismatch.model), []).append(mismatch.key)
    lines = [_sizes(case, keys, *shapes) for shapes, keys in alike.items()]
    if len(lines) == 1:
        return f"{head}: {lines[0]}"
    return "\n".join([f"{head}:", *_cut(lines, len(lines) - MOST_TERMS, "more sizes")])


def _sizes(case: Case, keys: list[str], given: tuple[int, ...], own: tuple[int, ...]) -> str:
    return f"{_terms(keys)} {shape(given)} in the file, {shape(own)} in the model"


def not_found(case: Case, path: str) -> str:
    """With the folder that a relative path is looked up from."""
    if Path(path).is_absolute():
        return f"checkpoint not found: {readable(path)}"
    cwd, root = case.report.scenario.cwd, case.root
    folder = cwd.relative_to(root) if cwd.is_relative_to(root) else cwd
    return f"checkpoint not found: {readable(path)}, started from {'the workspace root' if cwd == root else folder}"


def leftover_told(left: Leftover, *more: str) -> str:
    """To be put behind a fix's title: what torch would still complain of, and `more`."""
    parts = [
        f"{count} {noun if count == 1 else noun + 's'} would still {verb}"
        for count, noun, verb in (
            (left.missing, "key", "be missing"),
            (left.unexpected, "key", "be unexpected"),
            (left.mismatched, "tensor", "have another size"),
        )
        if count
    ]
    return f" — {', '.join([*parts, *more])}" if parts or more else ""


def globals_told(names: Sequence[str]) -> str:
    """As one would write them: a file has `posix.system` for `os.system`."""
    own = [re.sub(r"^(posix|nt)\.", "os.", name) for name in names]
    shown = ", ".join(f"`{escape(name)}`" for name in own[:MOST_TERMS])
    return shown if len(own) <= MOST_TERMS else f"{shown} and {len(own) - MOST_TERMS} more"


def shape(sizes: tuple[int, ...]) -> str:
    return "[" + ", ".join(map(str, sizes)) + "]"


def count(things: Sequence[object], noun: str) -> str:
    return f"{len(things)} {noun}" if len(things) == 1 else f"{len(things)} {noun}s"


def _list(head: str, keys: Sequence[str]) -> str:
    terms = group(keys)
    return f"{head}: {_terms(keys)}" if len(terms) <= _IN_LINE else f"{head}:\n{_terms(keys)}"


def _terms(keys: Iterable[str]) -> str:
    listed = list(keys)
    terms = group(listed)
    shown = ", ".join(f"`{term}`" for term in terms[:MOST_TERMS])
    return shown if len(terms) <= MOST_TERMS else f"{shown} and {len(terms) - MOST_TERMS} groups more"


def _cut(lines: list[str], surplus: int, noun: str) -> list[str]:
    return lines if surplus <= 0 else [*lines[:MOST_TERMS], f"{surplus} {noun}"]


def whole_list(case: Case, title: str, keys: Sequence[str]) -> tuple[Related, ...]:
    """Every key on its own line, where the message has them grouped."""
    if len(group(keys)) == len(keys) <= MOST_TERMS:
        return ()
    text = "\n".join([f"{title}:", *map(escape, keys)])
    return (Related(case.report.site.path, case.report.site.span, text),)
