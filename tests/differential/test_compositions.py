"""Random compositions of idioms, each judged for real: nothing decided wrongly, little left unresolved.

CKPT_LSP_COMPOSITIONS sets how many are drawn; more than the default are drawn anew each time.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable

import pytest

from .bench import Bench
from .case import Case
from .compare import Outcome
from .compositions import drawn

DEFAULT = 500
NUMBER = int(os.environ.get("CKPT_LSP_COMPOSITIONS", DEFAULT))
BATCH = 25
MOST_UNRESOLVED = 0.15
MOST_TOLD = 5

pytestmark = pytest.mark.xdist_group("differential")


class _Tally:
    """What all batches together showed."""

    def __init__(self) -> None:
        self.kinds: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.programs = 0

    def add(self, outcomes: list[Outcome]) -> None:
        self.programs += 1
        self.kinds.update(outcome.kind for outcome in outcomes)
        unresolved = (outcome.what for outcome in outcomes if outcome.kind == "unresolved")
        self.reasons.update(re.sub(r"[`'\"(].*", "…", what)[:60] for what in unresolved)

    def __str__(self) -> str:
        kinds = ", ".join(f"{count} {kind}" for kind, count in self.kinds.most_common())
        reasons = "; ".join(f"{count} x {reason}" for reason, count in self.reasons.most_common(8))
        return f"{self.programs} compositions: {kinds} ({reasons})"


def test_compositions(bench: Bench, record_property: Callable[[str, object], None]) -> None:
    tally, wrong = _Tally(), list[str]()
    cases = [recipe.case(f"c{number}") for number, recipe in enumerate(drawn(NUMBER, anew=NUMBER != DEFAULT))]
    for batch in (cases[start : start + BATCH] for start in range(0, len(cases), BATCH)):
        for case, outcomes in zip(batch, bench.outcomes(batch).values(), strict=True):
            tally.add(outcomes)
            wrong += [_told(case, outcome) for outcome in outcomes if outcome.kind == "wrong"]
        bench.clear(batch)
    record_property("differential", str(tally))
    assert not wrong, "\n\n".join(wrong[:MOST_TOLD])
    assert tally.programs >= NUMBER
    assert tally.kinds["unresolved"] <= MOST_UNRESOLVED * sum(tally.kinds.values())


def _told(case: Case, outcome: Outcome) -> str:
    files = "\n".join(f"#! file {name}\n{text}" for name, text in case.files.items())
    return f"{outcome.place}: {outcome.what}\n#! make\n{case.make}\n{files}"
