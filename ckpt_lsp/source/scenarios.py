"""What a script may be started with, as far as its own text says."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from .tree import Module


@dataclass(frozen=True)
class CommandLine:
    """Arguments after the script's name, and who says so."""

    argv: tuple[str, ...]
    source: str


def defaults(module: Module) -> CommandLine:
    """Started without arguments."""
    parses = "parse_args" in module.text or "parse_known_args" in module.text
    return CommandLine((), "argparse defaults" if parses else "defaults")


def flag_for(module: Module, test: str, wanted: bool, given: tuple[str, ...]) -> CommandLine | None:
    """The command line that makes a guard come out as `wanted`: `--resume` for `if args.resume:`.

    None where the guard is no plain question about one option of this file."""
    try:
        node = ast.parse(test, mode="eval").body
    except SyntaxError:
        return None
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        node, wanted = node.operand, not wanted
    words = _switch(module, node, wanted) or _choice(module, node, wanted)
    if words is None or words[0] in given:
        return None
    argv = (*given, *words)
    return CommandLine(argv, "argparse " + " ".join(argv))


_NO_BOOLEANS = ("str", "int", "float", "Path")
"""What options have for a type whose default of False stands for "not given"."""


def _switch(module: Module, node: ast.expr, wanted: bool) -> tuple[str, ...] | None:
    """`args.resume`, where `--resume` is a `store_true` or `store_false`, or has a boolean for its default and reads
    its value from a text."""
    if not isinstance(node, ast.Attribute):
        return None
    for option, keywords in _options(module):
        if _dest(option, keywords) == node.attr:
            default, kind = keywords.get("default"), keywords.get("type")
            if _text(keywords.get("action")) == f"store_{wanted}".lower():
                return (option,)
            of_text = kind is None or (isinstance(kind, ast.Name) and kind.id in _NO_BOOLEANS)
            if not of_text and isinstance(default, ast.Constant) and default.value is (not wanted):
                return (option, str(wanted))
    return None


def _choice(module: Module, node: ast.expr, wanted: bool) -> tuple[str, ...] | None:
    """`args.mode == "test"`, where `--mode` takes a text."""
    if not isinstance(node, ast.Compare) or len(node.ops) != 1 or not isinstance(node.left, ast.Attribute):
        return None
    value = _text(node.comparators[0])
    if value is None or isinstance(node.ops[0], ast.Eq) != wanted or not isinstance(node.ops[0], (ast.Eq, ast.NotEq)):
        return None
    for option, keywords in _options(module):
        if _dest(option, keywords) == node.left.attr and "action" not in keywords:
            return (option, value)
    return None


def _options(module: Module) -> list[tuple[str, dict[str, ast.expr]]]:
    """(long option, keyword arguments) of each `add_argument` call."""
    found = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "add_argument":
            names = [text for text in map(_text, node.args) if text and text.startswith("-")]
            if names:
                long = next((n for n in names if n.startswith("--")), names[0])
                found.append((long, {k.arg: k.value for k in node.keywords if k.arg}))
    return found


def _dest(option: str, keywords: dict[str, ast.expr]) -> str:
    return _text(keywords.get("dest")) or option.lstrip("-").replace("-", "_")


def _text(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
