"""What would be said of a load site if its document had another text: how edits are proven that no question proves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ..types import Scenario, SiteReport

MOST_TRIALS = 12
"""Per load site and check: each is a check of its own."""

Check = Callable[[str, Mapping[Path, str]], Sequence[SiteReport]]
"""Checks one load site in another text of its document, and with other texts of other files."""


class Trials:
    """Checks a load site again, as often as there is leave to."""

    def __init__(self, check: Check, cancelled: Callable[[], bool]) -> None:
        self._check = check
        self._cancelled = cancelled
        self._left = MOST_TRIALS

    def report(self, text: str, others: Mapping[Path, str], scenario: Scenario) -> SiteReport | None:
        """Under the same scenario if it is still one, else under the first; None where there is no leave, no such
        site, or scenarios that contradict each other."""
        if self._left <= 0 or self._cancelled():
            return None
        self._left -= 1
        found = self._check(text, others)
        alike = [r for r in found if (r.scenario.argv, r.scenario.cwd) == (scenario.argv, scenario.cwd)]
        if len({type(report.verdict) for report in found}) > 1:
            return None
        return next(iter(alike or found), None)
