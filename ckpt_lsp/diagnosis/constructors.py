"""Numbers that the model is built with and that the file has otherwise: where they are written, and what torch says
once they are other ones.

The program is checked again with each edit made, so whatever else reads a number has its say.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, product

from ..source.tree import Module, dotted, parse
from ..types import Fix, Related, TextEdit
from .case import Case
from .numbers import Numbers, Written
from .sizes import Difference
from .trial import Trial, tried

_MOST_TRIED = 6
"""Edits; each is a check of its own."""

_MOST_PLACES = 4
"""That one number may be written in."""

_MOST_SHOWN = 2
_MOST_SAID = 4

Choice = list[tuple[Difference, Written]]


@dataclass(frozen=True, eq=False)
class Constructor:
    """The model of one call, and the texts that it is built by."""

    case: Case
    module: Module

    @staticmethod
    def of(case: Case) -> Constructor | None:
        try:
            return Constructor(case, parse(case.report.site.path, case.text))
        except (SyntaxError, RecursionError):
            return None

    def places(self, difference: Difference) -> tuple[Related, ...]:
        """Where the model's number stands."""
        file = self.case.checkpoint
        return tuple(
            Related(
                place.path,
                place.span,
                f"{place.said}{difference.own} {'by default' if place.before else 'here'}, where {file} has "
                f"{difference.given}",
            )
            for place in self._written(difference)[:_MOST_SHOWN]
        )

    def fixes(self, differences: Sequence[Difference]) -> list[tuple[Fix, Trial]]:
        """Other numbers, the fewest leftovers first; none that leaves as much as there is."""
        left = self.case.comparison
        now = len(left.missing) + len(left.unexpected) + len(left.mismatched)
        found = [(fix, trial) for fix, trial in self._tried(differences) if trial.total < now]
        return sorted(found, key=lambda pair: pair[1].total)

    def _tried(self, differences: Sequence[Difference]) -> Iterator[tuple[Fix, Trial]]:
        for choice in islice(_apart(self._choices(differences)), _MOST_TRIED):
            edits = tuple(_edit(one, place) for one, place in choice)
            trial = tried(self.case, edits)
            if trial is not None and trial.report.checkpoint == self.case.report.checkpoint:
                fix = Fix(self._title(choice), edits, trial.leftover, preferred=self._concerns_no_other(choice))
                yield fix, trial
                if trial.total == 0:
                    return

    def _choices(self, differences: Sequence[Difference]) -> Iterator[Choice]:
        """All differences that are written somewhere at once, then each alone: others may follow from it."""
        wanted = [one for one in {one.own: one for one in differences}.values() if self._written(one)]
        if not wanted:
            return
        yield [(one, self._written(one)[0]) for one in wanted]
        everywhere = [(one, place) for one in wanted for place in self._numbers.within(one.own)]
        if len(everywhere) > len(wanted):
            yield everywhere
        for one in wanted if len(wanted) > 1 else []:
            yield [(one, self._written(one)[0])]
        for places in product(*(self._written(one)[:_MOST_PLACES] for one in wanted)):
            yield list(zip(wanted, places, strict=True))

    def _written(self, difference: Difference) -> list[Written]:
        found = self._known.get(difference.own)
        if found is None:
            found = self._known[difference.own] = self._numbers.written(difference.own)
        return found

    @cached_property
    def _known(self) -> dict[int, list[Written]]:
        return {}

    @cached_property
    def _numbers(self) -> Numbers:
        case, sources = self.case, self.case.sources()
        others = [module for module in sources.modules if module.path != self.module.path]
        name = (case.report.model or "").split(".")[-1]
        return Numbers([self.module, *others], sources.settings, name, _parts(case))

    def _title(self, choice: Choice) -> str:
        first = dict(reversed(choice))
        words = [
            f"{place.said}{one.given} instead of {one.own}{self._elsewhere(place)}"
            for one, place in reversed(first.items())
        ]
        more = f" and {len(words) - _MOST_SAID} more" if len(words) > _MOST_SAID else ""
        return f"Build {self.case.model} with {', '.join(words[:_MOST_SAID])}{more}"

    def _elsewhere(self, place: Written) -> str:
        return "" if place.path == self.module.path else f" ({place.path.name}:{place.span.line})"

    def _concerns_no_other(self, choice: Choice) -> bool:
        """Whether each number is an argument of the model's own call, or a constant that nothing else reads."""
        return all(self._is_its_own(place) for _, place in choice)

    def _is_its_own(self, place: Written) -> bool:
        if place.before:
            return True
        for module in self._numbers.modules:
            for node in module.parents if module.path == place.path else ():
                if isinstance(node, ast.Constant) and module.span(node) == place.span:
                    return self._is_alone(module, node)
        return False

    def _is_alone(self, module: Module, node: ast.Constant) -> bool:
        around = module.parents[node]
        call = module.parents[around] if isinstance(around, ast.keyword) else around
        if isinstance(call, ast.Call):
            return (dotted(call.func) or "").split(".")[-1] == self._numbers.model
        if (
            not isinstance(around, ast.Assign)
            or len(around.targets) != 1
            or not isinstance(around.targets[0], ast.Name)
        ):
            return False
        return sum(_reads(self._numbers.modules, around.targets[0].id)) == 1


def _apart(choices: Iterable[Choice]) -> Iterator[Choice]:
    """Each once, without those that would change one place twice."""
    seen: set[frozenset[tuple[int, Written]]] = set()
    for choice in choices:
        key = frozenset((one.given, place) for one, place in choice)
        if key not in seen and len({(place.path, place.span) for _, place in choice}) == len(choice):
            seen.add(key)
            yield choice


def _reads(modules: Iterable[Module], name: str) -> Iterator[bool]:
    for module in modules:
        for node in module.parents:
            yield isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)


def _edit(difference: Difference, place: Written) -> TextEdit:
    return TextEdit(place.path, place.span, f"{place.before}{difference.given}")


def _parts(case: Case) -> list[str]:
    """Names of the modules whose tensors have another size, the nearest to the tensor of each."""
    names = ([part for part in m.key.split(".")[:-1] if not part.isdigit()] for m in case.comparison.mismatched)
    return list(dict.fromkeys(found[-1] for found in names if found))
