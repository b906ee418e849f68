"""`rule`: every rule's document can be had, and the README's table is that of the rules."""

from __future__ import annotations

import pytest

from ckpt_lsp.diagnosis import rules

from .conftest import CHECKOUT, Command


@pytest.mark.parametrize("rule", rules.all(), ids=lambda rule: rule.name)
def test_a_rule_is_explained(ckpt_lsp: Command, rule: rules.Rule) -> None:
    done = ckpt_lsp("rule", rule.name)
    assert (done.returncode, done.stdout, done.stderr) == (0, rule.doc, "")


def test_all_rules(ckpt_lsp: Command) -> None:
    told = ckpt_lsp("rule", "--all").stdout
    assert [line for line in told.splitlines() if line.startswith("# ")] == [
        f"# {rule.name} ({rule.severity.value})" for rule in rules.all()
    ]
    listed = ckpt_lsp("rule").stdout.splitlines()
    assert [line.split()[:2] for line in listed] == [[rule.name, rule.severity.value] for rule in rules.all()]


def test_an_unknown_rule(ckpt_lsp: Command) -> None:
    done = ckpt_lsp("rule", "missing-kyes")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "ckpt-lsp: there is no rule 'missing-kyes'; did you mean missing-keys?\n"


def test_readme_has_the_rules() -> None:
    readme = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    for rule in rules.all():
        assert f"| `{rule.name}` | {rule.severity.value} | {rule.summary} |\n" in readme
