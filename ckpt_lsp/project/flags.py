"""Turns recorded values into the command line that a script's own argument parser would have read them from."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Value = str | bool | None | Sequence[str]


@dataclass(frozen=True)
class Option:
    """One `add_argument` call."""

    dest: str
    flag: str | None
    """The longest; None: the argument is positional."""
    action: str | None
    many: bool
    """Takes any number of words."""


def options(text: str) -> tuple[Option, ...]:
    """All of a file, in the order of the text; none where it does not parse."""
    if "add_argument" not in text:
        return ()
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return ()
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)]
    added = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "add_argument"]
    found = map(_option, sorted(added, key=lambda call: (call.lineno, call.col_offset)))
    return tuple(option for option in found if option is not None)


def _option(call: ast.Call) -> Option | None:
    names = [text for text in map(_text, call.args) if text]
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    if not names:
        return None
    flag = max(names, key=len) if names[0].startswith("-") else None
    dest = _text(keywords.get("dest")) or (flag or names[0]).lstrip("-").replace("-", "_")
    nargs = keywords.get("nargs")
    many = nargs is not None and _text(nargs) != "?"
    return Option(dest, flag, _action(keywords.get("action")), many)


def _action(node: ast.expr | None) -> str | None:
    """`argparse.BooleanOptionalAction` by its own name."""
    return node.attr if isinstance(node, ast.Attribute) else _text(node)


def _text(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def arguments(known: Sequence[Option], values: Mapping[str, Value]) -> tuple[str, ...]:
    """The words that give the options these values; what the parser does not know, or cannot be told, is left out."""
    given: list[str] = []
    bare: list[str] = []
    for option in {option.dest: option for option in known}.values():
        value = values.get(option.dest)
        if value is None:
            continue
        if option.flag is None:
            bare += [str(value)] if isinstance(value, (str, bool)) else value
        else:
            given += _words(option.flag, option, value)
    return (*bare, *given)


def _words(flag: str, option: Option, value: str | bool | Sequence[str]) -> list[str]:
    if option.action in ("store_true", "store_false"):
        return [flag] if value is (option.action == "store_true") else []
    if option.action == "BooleanOptionalAction":
        return [] if not isinstance(value, bool) else [flag if value else "--no-" + flag.lstrip("-")]
    if option.action not in (None, "store", "append"):
        return []
    if isinstance(value, (str, bool)):
        return _pair(flag, str(value))
    if option.action == "append":
        return [word for item in value for word in _pair(flag, item)]
    return [flag, *value] if option.many and value else []


def _pair(flag: str, value: str) -> list[str]:
    """A value that looks like a flag must be tied to its own."""
    return [f"{flag}={value}"] if value.startswith("-") else [flag, value]
