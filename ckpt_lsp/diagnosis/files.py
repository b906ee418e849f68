"""Findings on the checkpoint file itself: not there, not readable, refused, or running code when it is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..types import Finding, Raises, Severity, Unresolved
from . import rules, wording
from .case import Case
from .finding import finding
from .nearby import hinted, instead
from .safe_globals import allowing, is_harmless


def of_refused(case: Case, verdict: Raises) -> Finding | None:
    """Where torch refuses the file; None where it raises for another reason."""
    severity = Severity.HINT if verdict.handled else None
    if verdict.refused == "weights-only":
        fixes = tuple(allowing(case, verdict))
        return finding(case, rules.WEIGHTS_ONLY_REJECTS, _rejected(case, verdict), severity, fixes=fixes)
    if verdict.refused == "unreadable":
        first = f"{verdict.error.type}: {verdict.error.message}".strip().splitlines()[0]
        message = f"torch cannot read {case.checkpoint}: {first}\nfetch or save the file again"
        return finding(case, rules.NOT_A_CHECKPOINT, message, severity)
    return None


def of_unresolved(case: Case, verdict: Unresolved) -> Iterator[Finding]:
    """A file that is the reason for there being no verdict; else, where a file could help, which those are.

    `unresolved` itself is told in the summary, and only here to carry what can be done about it.
    """
    if verdict.checkpoint_not_found is not None:
        path = verdict.checkpoint_not_found
        text, fixes = wording.not_found(case, path), tuple(instead(case, path))
        yield finding(case, rules.CHECKPOINT_NOT_FOUND, text, fixes=fixes)
    elif verdict.unreadable:
        yield finding(case, rules.NOT_A_CHECKPOINT, verdict.reason)
    elif verdict.would_run:
        yield finding(case, rules.EXECUTES_CODE, _runs(case, verdict.would_run))
    elif verdict.checkpoint_unknown and (fixes := tuple(hinted(case))):
        yield replace(finding(case, rules.UNRESOLVED, verdict.reason, fixes=fixes), silent=True)


def _rejected(case: Case, verdict: Raises) -> str:
    names = wording.globals_told(verdict.rejected_globals) or "more than tensors and plain values"
    head = f"torch.load refuses {case.checkpoint}, which holds {names}: {verdict.error.type} under weights_only=True"
    if verdict.would_run:
        return f"{head}\nloading it in full would run {wording.globals_told(verdict.would_run)}: do not trust this file"
    if verdict.rejected_globals and all(map(is_harmless, verdict.rejected_globals)):
        return f"{head}\nall of these only hold values: allow them by torch.serialization.safe_globals"
    return (
        f"{head}\nif you trust the file's origin, allow these by torch.serialization.safe_globals; "
        "better, save only the state dict"
    )


def _runs(case: Case, names: tuple[str, ...]) -> str:
    return (
        f"loading {case.checkpoint} runs {wording.globals_told(names)}, which no model needs\n"
        "the call was not checked, since a dry run does not load such a file; "
        "do not load it either unless you know who made it and why"
    )
