"""Every case, run for real under torch and checked by ckpt-lsp: the same verdict, the same text, the same lists."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from .bench import Bench
from .case import Case, all_cases
from .compare import Outcome

CASES = all_cases()
MOST_UNRESOLVED = 0.10
"""Of the sites that the real runs reach."""

pytestmark = pytest.mark.xdist_group("differential")

Outcomes = dict[str, list[Outcome]]


@pytest.fixture(scope="session")
def outcomes(bench: Bench) -> Outcomes:
    return bench.outcomes(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_says_what_torch_does(case: Case, outcomes: Outcomes) -> None:
    found = outcomes[case.name]
    wrong = [outcome for outcome in found if outcome.kind == "wrong"]
    assert not wrong, "\n".join(f"{outcome.place}: {outcome.what}" for outcome in wrong)
    for outcome in found:
        if outcome.kind == "unresolved":
            allowed = case.may_be_unresolved
            assert allowed and re.search(allowed, outcome.what), f"{outcome.place} is unresolved: {outcome.what}"


def test_little_is_unresolved(outcomes: Outcomes, record_property: Callable[[str, object], None]) -> None:
    kinds = [outcome.kind for found in outcomes.values() for outcome in found]
    unresolved = kinds.count("unresolved")
    record_property(
        "differential",
        f"{len(CASES)} cases, {len(kinds)} load sites: {kinds.count('agrees')} as torch says, "
        f"{kinds.count('wrong')} wrong, {unresolved} unresolved",
    )
    assert unresolved <= MOST_UNRESOLVED * len(kinds)


def test_enough_is_asked() -> None:
    pairs = [case for case in CASES if case.name.startswith("pair_")]
    assert len(pairs) >= 36
    assert len(CASES) - len(pairs) >= 120
