"""Each rule's examples run: the broken one does what the rule says, the fixed one loads."""

from __future__ import annotations

from pathlib import Path

import pytest

from ckpt_lsp.diagnosis import diagnose, rules

from .real import case, run

WITH_EXAMPLES = [rule for rule in rules.all() if rule.broken]
WITHOUT_ERROR = {"executes-code", "nothing-loaded", "partially-loaded", "unused-strict-false"}
READ_BEFORE_THE_CALL = {"checkpoint-not-found", "not-a-checkpoint", "weights-only-rejects"}


@pytest.mark.parametrize("rule", WITH_EXAMPLES, ids=lambda rule: rule.name)
def test_examples(rule: rules.Rule, tmp_path: Path) -> None:
    broken = rule.given + rule.broken
    ran = run(broken, tmp_path)
    assert (ran.error is None) == (rule.name in WITHOUT_ERROR)
    assert bool(ran.calls) == (rule.name not in READ_BEFORE_THE_CALL)
    assert rule.name in [finding.rule for finding in diagnose(case(broken, tmp_path))]
    fixed = run(rule.given + rule.fixed, tmp_path)
    assert fixed.error is None
    call = fixed.calls[-1]
    assert call.lists == ([], [], [])
    assert call.changed == set(call.model.state_dict())


@pytest.mark.parametrize("rule", rules.all(), ids=lambda rule: rule.name)
def test_is_documented(rule: rules.Rule) -> None:
    assert rules.get(rule.name) is rule
    for part in (rule.name, rule.summary, rule.why, rule.fix):
        assert part in rule.doc


def test_an_unknown_rule() -> None:
    with pytest.raises(KeyError):
        rules.get("no-such-rule")


def test_the_readme_lists_them() -> None:
    readme = Path(__file__).parents[2] / "README.md"
    rows = [f"| `{rule.name}` | {rule.severity.value} | {rule.summary} |\n" for rule in rules.all()]
    assert "".join(rows) in readme.read_text(encoding="utf-8")
