"""Two lists that are one: the unexpected keys told by the missing ones, where a prefix is all that differs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from ckpt_lsp.diagnosis.keys import escape, group
from ckpt_lsp.types import Comparison, Finding, Loads, Raises, SiteReport

_FEWEST = 3
"""Keys; fewer are as quickly read."""

_MOST_TERMS = 3


def told_together(findings: Sequence[Finding], reports: Iterable[SiteReport]) -> list[Finding]:
    """The findings of one place; the second list is not spelled out where the first one tells it."""
    if [finding.rule for finding in findings[:2]] != ["missing-keys", "unexpected-keys"]:
        return list(findings)
    missing, unexpected, *others = findings
    report = next((one for one in reports if missing in one.findings and unexpected in one.findings), None)
    told = _told(report) if report is not None else None
    if told is None:
        return list(findings)
    first, *more = unexpected.message.split("\n")
    head, more = (first.removesuffix(":"), more[1:]) if first.endswith(":") else (first.partition(": `")[0], more)
    return [missing, replace(unexpected, message="\n".join([f"{head}: {told}", *more])), *others]


def _told(report: SiteReport) -> str | None:
    verdict = report.verdict
    left = verdict.comparison if isinstance(verdict, (Loads, Raises)) else Comparison()
    if len(left.missing) < _FEWEST:
        return None
    prefix = _prefix(left.missing, set(left.unexpected))
    if prefix is not None:
        rest = [key for key in left.unexpected if key[len(prefix) :] not in set(left.missing)]
        return f"these with `{escape(prefix)}` in front{_and(rest)}"
    prefix = _prefix(left.unexpected, set(left.missing))
    return None if prefix is None else f"some of these without `{escape(prefix)}`"


def _prefix(shorter: Sequence[str], longer: Collection[str]) -> str | None:
    """What stands before each of `shorter` in `longer`."""
    if not shorter:
        return None
    found = (key.removesuffix(shorter[0]) for key in longer if key.endswith("." + shorter[0]))
    return next((prefix for prefix in sorted(found, key=len) if all(prefix + key in longer for key in shorter)), None)


def _and(rest: list[str]) -> str:
    if not rest:
        return ""
    terms = group(rest)
    return ", and " + (", ".join(f"`{term}`" for term in terms) if len(terms) <= _MOST_TERMS else f"{len(rest)} more")
