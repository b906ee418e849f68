"""Renamings that the model makes itself: every checkpoint from before stays loadable, wherever it is loaded."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from ..source.edits.layout import newline_of, unit_of
from ..source.edits.rewrite import quoted
from ..source.tree import Function, Module, parse
from ..types import Fix, Span, TextEdit
from .case import Case
from .renamings import Ends, Renaming, Replace, Swap
from .trial import tried

_METHOD = "_rename_old_keys"


def renamed_by_the_model(case: Case, renamings: Sequence[Renaming]) -> Fix | None:
    """A hook of the model's class; None where the class cannot be edited, or does not load with it."""
    lines = _statements(renamings) if renamings else []
    found = _class(case) if lines else None
    if found is None:
        return None
    module, cls = found
    edits = _edits(module, cls, lines)
    trial = tried(case, edits) if edits else None
    if trial is None or trial.total or trial.report.checkpoint != case.report.checkpoint:
        return None
    where = "" if module.path == case.report.site.path else f" ({module.path.name}:{cls.lineno})"
    title = f"Rename old keys in {cls.name} itself{where}, so that old checkpoints stay loadable"
    return Fix(title, edits, trial.leftover)


def _statements(renamings: Sequence[Renaming]) -> list[str]:
    """Over `state_dict` and `prefix`; none where one of them is no change of the model's own names."""
    if all(isinstance(renaming, Replace) for renaming in renamings):
        table = [(renaming.old, renaming.new) for renaming in renamings if isinstance(renaming, Replace)]
        return [
            f"for old, new in {_table(table)}.items():",
            "    for key in [key for key in state_dict if key.startswith(prefix + old)]:",
            "        state_dict[prefix + new + key.removeprefix(prefix + old)] = state_dict.pop(key)",
        ]
    renaming = renamings[0]
    if len(renamings) == 1 and isinstance(renaming, Ends):
        return [
            f"for old, new in {_table(renaming.table)}.items():",
            "    for key in [key for key in state_dict if key.startswith(prefix) and key.endswith(old)]:",
            "        state_dict[key.removesuffix(old) + new] = state_dict.pop(key)",
        ]
    if len(renamings) == 1 and isinstance(renaming, Swap):
        old, new = quoted(f".{renaming.old}."), quoted(f".{renaming.new}.")
        return [
            f"for key in [key for key in state_dict if key.startswith(prefix) and {old} in key]:",
            f"    state_dict[prefix + key.removeprefix(prefix).replace({old}, {new})] = state_dict.pop(key)",
        ]
    return []


def _table(rows: Sequence[tuple[str, str]]) -> str:
    return "{" + ", ".join(f"{quoted(old)}: {quoted(new)}" for old, new in rows) + "}"


# -- the class -----------------------------------------------------------------------------------------------------


def _class(case: Case) -> tuple[Module, ast.ClassDef] | None:
    """The model's class, where the workspace has one of that name."""
    try:
        own = parse(case.report.site.path, case.text)
    except (SyntaxError, RecursionError):
        return None
    others = [module for module in case.sources().modules if module.path != own.path]
    found = [
        (module, definition)
        for module in (own, *others)
        if isinstance(definition := module.definitions.get(case.model), ast.ClassDef)
    ]
    return found[0] if len(found) == 1 else None


def _edits(module: Module, cls: ast.ClassDef, lines: Sequence[str]) -> tuple[TextEdit, ...]:
    """A line after `super().__init__()`, and a method after `__init__`; none where they cannot be put."""
    methods = {statement.name: statement for statement in cls.body if isinstance(statement, Function)}
    own = methods.get("__init__")
    first = next((statement for statement in own.body if _is_super_init(statement)), None) if own is not None else None
    if own is None or first is None or _METHOD in methods:
        return ()
    newline, unit = newline_of(module.text), unit_of(module.text)
    body = " " * first.col_offset if unit != "\t" else "\t" * first.col_offset
    outer = body.removesuffix(unit)
    hook = f"{newline}{body}self._register_load_state_dict_pre_hook(self.{_METHOD})"
    written = [
        "",
        "",
        f"{outer}def {_METHOD}(self, state_dict, prefix, *args):",
        *(f"{outer}{unit}{line.replace('    ', unit)}" for line in lines),
    ]
    method = newline.join(written)
    if first is own.body[-1]:
        return (TextEdit(module.path, _end(module, first), hook + method),)
    return (
        TextEdit(module.path, _end(module, first), hook),
        TextEdit(module.path, _end(module, own.body[-1]), method),
    )


def _is_super_init(statement: ast.stmt) -> bool:
    call = statement.value if isinstance(statement, ast.Expr) else None
    return (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "__init__"
        and "super" in ast.unparse(call.func.value)
    )


def _end(module: Module, statement: ast.stmt) -> Span:
    """Behind its line, comments included."""
    line = statement.end_lineno or statement.lineno
    column = len(module.lines[line - 1].rstrip("\r\n")) + 1
    return Span(line, column, line, column)
