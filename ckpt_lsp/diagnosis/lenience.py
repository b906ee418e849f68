"""`unused-strict-false`: a call that passes `strict=False` although nothing is left for it to keep quiet about."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import replace

from ..source.tree import Module, parse
from ..types import Finding, Fix, Leftover, SiteReport, Span, TextEdit
from ..worker.protocol import Question
from . import rules
from .case import Case
from .trial import offsets


def unused(case: Case) -> list[Finding]:
    """Only where the call itself says `strict=False` and was clean each time that it was made."""
    report = case.report
    if case.strict or not report.always_clean or not report.model_entries or not _loads_strictly(case):
        return []
    edit = _removal(case)
    if edit is None:
        return []
    rule, site = rules.UNUSED_STRICT_FALSE, report.site
    message = f"strict=False has nothing to do here: {case.checkpoint} fits {case.model} key by key"
    fix = Fix("Remove strict=False, so that a checkpoint that does not fit is noticed", (edit,), Leftover())
    return [Finding(rule.name, rule.severity, site.path, site.span, message, fixes=(fix,))]


def agreed(reports: Sequence[SiteReport]) -> list[SiteReport]:
    """Without that finding where the same call is not clean, or has no verdict, in another program or scenario."""
    needed = {report.site.span for report in reports if not report.always_clean}
    name = rules.UNUSED_STRICT_FALSE.name
    return [
        replace(r, findings=tuple(f for f in r.findings if f.rule != name)) if r.site.span in needed else r
        for r in reports
    ]


def _loads_strictly(case: Case) -> bool:
    """Asked of torch, since a class may make its own of `strict`."""
    answer = case.ask(Question()) if case.ask is not None else None
    return answer is not None and answer.error is None and not answer.raises


def _removal(case: Case) -> TextEdit | None:
    """Takes the argument out, with the comma before it; None where it is not written plainly."""
    try:
        module = parse(case.report.site.path, case.text)
    except (SyntaxError, RecursionError):
        return None
    found = _state_dict_and_strict(module, replace(case.report.site.span, cell=None))
    if found is None:
        return None
    before, strict = map(module.span, found)
    between = case.text[offsets(case.text, before)[1] : offsets(case.text, strict)[0]]
    if not re.fullmatch(r"\s*,\s*(strict\s*=\s*)?", between):
        return None
    gone = Span(before.end_line, before.end_column, strict.end_line, strict.end_column, case.report.site.span.cell)
    return TextEdit(case.report.site.path, gone, "")


def _state_dict_and_strict(module: Module, span: Span) -> tuple[ast.expr, ast.expr] | None:
    calls = (n for n in module.parents if isinstance(n, ast.Call) and n.lineno == span.line)
    call = next((c for c in calls if module.span(c) == span), None)
    if call is None:
        return None
    arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
    names = [*("state_dict strict assign".split()[: len(call.args)]), *(keyword.arg for keyword in call.keywords)]
    at = names.index("strict") if "strict" in names else 0
    # Taken out of the middle, it would move what follows to another parameter.
    in_order = at > 0 and (at >= len(call.args) or len(call.args) == at + 1)
    written = arguments[at]
    is_false = isinstance(written, ast.Constant) and written.value is False
    plain = in_order and is_false and not isinstance(arguments[at - 1], ast.Starred)
    return (arguments[at - 1], arguments[at]) if plain else None
