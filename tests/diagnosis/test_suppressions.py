"""Comments that silence findings, and those that silence nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from edits.applying import applied

from ckpt_lsp.diagnosis import suppress
from ckpt_lsp.types import (
    Comparison,
    Finding,
    Loads,
    LoadSite,
    Scenario,
    Severity,
    SiteReport,
    Span,
    Unresolved,
    Verdict,
)

PATH = Path("/x.py")


def report(text: str, *rules: str, verdict: Verdict | None = None) -> SiteReport:
    """On the call in `text`, with a finding of each rule."""
    lines = text.split("\n")
    first = next(n for n, line in enumerate(lines) if "m.load" in line)
    last = next(n for n, line in enumerate(lines) if n >= first and ")" in line)
    span = Span(first + 1, lines[first].index("m.load") + 1, last + 1, lines[last].index(")") + 2)
    findings = tuple(Finding(rule, Severity.ERROR, PATH, span, "…") for rule in rules)
    site = LoadSite(PATH, span, "m", "sd")
    return SiteReport(site, Scenario("defaults", (), PATH.parent), verdict or Loads(Comparison()), findings=findings)


def left(text: str, *rules: str, verdict: Verdict | None = None) -> list[str]:
    (after,) = suppress(PATH, text, [report(text, *rules, verdict=verdict)])
    return [finding.rule for finding in after.findings]


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("m.load(sd)  # ckpt-lsp: ignore\n", []),
        ("m.load(sd)  # noqa # ckpt-lsp:ignore[missing-keys, unexpected-keys]\n", []),
        ("m.load(sd)  # ckpt-lsp: ignore[missing-keys]\n", ["unexpected-keys"]),
        ("x = (\n  m.load(  # ckpt-lsp: ignore\n    sd)\n)\n", []),
        ("# ckpt-lsp: ignore\nm.load(sd)\n", ["missing-keys", "unexpected-keys"]),
        ("m.load('# ckpt-lsp: ignore')\n", ["missing-keys", "unexpected-keys"]),
        ("m.load(sd)\n", ["missing-keys", "unexpected-keys"]),
    ],
)
def test_suppresses(text: str, rules: list[str]) -> None:
    assert left(text, "missing-keys", "unexpected-keys") == rules


@pytest.mark.parametrize(
    ("comment", "message", "after"),
    [
        ("# ckpt-lsp: ignore", "nothing to ignore here", ""),
        ("# ckpt-lsp: ignore[size-mismatch]", "nothing to ignore here: no size-mismatch", ""),
        ("# ckpt-lsp: ignore[size-mistake]", "there is no rule called size-mistake", ""),
        (
            "# ckpt-lsp: ignore[load-error, missing-keys]",
            "nothing to ignore here: no load-error",
            "# ckpt-lsp: ignore[missing-keys]",
        ),
    ],
)
def test_unused(comment: str, message: str, after: str) -> None:
    text = f"m.load(sd)  {comment}\n"
    rules = ["missing-keys"] if "missing-keys" in comment else []
    (checked,) = suppress(PATH, text, [report(text, *rules)])
    (finding,) = checked.findings
    assert (finding.rule, finding.message) == ("unused-suppression", message)
    assert applied(text, finding.fixes[0].edits) == f"m.load(sd)  {after}\n"


def test_used_under_one_scenario_is_used() -> None:
    text = "m.load(sd)  # ckpt-lsp: ignore\n"
    after = suppress(PATH, text, [report(text, "missing-keys"), report(text)])
    assert [one.findings for one in after] == [(), ()]


def test_nothing_is_unused_where_there_is_no_verdict() -> None:
    assert left("m.load(sd)  # ckpt-lsp: ignore\n", verdict=Unresolved("torchvision is not installed")) == []


def test_a_text_that_breaks_off_keeps_its_findings() -> None:
    assert left("m.load(sd)\n# ckpt-lsp: ignore\nx = (", "missing-keys") == ["missing-keys"]
