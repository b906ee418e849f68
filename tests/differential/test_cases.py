"""Every case, run for real under torch and checked by ckpt-lsp: the same verdict, the same text, the same lists."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from . import from_lock
from .bench import Bench
from .case import Case, all_cases
from .compare import Outcome

CASES = all_cases()
MOST_UNRESOLVED = 0.10
"""Of the sites that the real runs reach."""
MOST_OPEN = 0.03
"""Of the sites that a file decides, where there is only its record."""

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


# -- once more, from the lock ----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def by_lock(bench: Bench, outcomes: Outcomes) -> from_lock.Reports:
    return from_lock.judged(bench, CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_lock_says_what_the_file_says(case: Case, bench: Bench, by_lock: from_lock.Reports) -> None:
    wrong = [outcome for outcome in bench.truths[case.name].compare(by_lock[case.name]) if outcome.kind == "wrong"]
    told = [outcome.what for outcome in wrong if not outcome.what.startswith("nothing is said of")]
    assert not told, "\n".join(told)
    for of_file, of_lock in from_lock.pairs(bench.reports[case.name], by_lock[case.name]):
        assert from_lock.is_open(of_lock) or from_lock.said(of_lock) == from_lock.said(of_file)


def test_the_lock_leaves_little_open(
    bench: Bench, by_lock: from_lock.Reports, record_property: Callable[[str, object], None]
) -> None:
    pairs = [pair for case in CASES for pair in from_lock.pairs(bench.reports[case.name], by_lock[case.name])]
    loaded = [of_lock for of_file, of_lock in pairs if of_file.checkpoint is not None]
    still_open = sum(map(from_lock.is_open, loaded))
    record_property("differential", f"from the lock: {len(loaded)} load sites, {still_open} unresolved")
    assert still_open <= MOST_OPEN * len(loaded)


def test_enough_is_asked() -> None:
    pairs = [case for case in CASES if case.name.startswith("pair_")]
    assert len(pairs) >= 36
    assert len(CASES) - len(pairs) >= 120
