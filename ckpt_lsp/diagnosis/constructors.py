"""Where the text gives a number to the model's constructor, and what torch says to a model built with another.

The child still holds the program's names, so the constructor's call is evaluated there once more: first as it
stands, to see that it is this call that makes the model, then with the other number.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product

from ..source.edits.rewrite import quoted
from ..source.tree import Module, dotted, parse
from ..types import Fix, Related, TextEdit
from .case import Case
from .proof import Outcome, Prover
from .sizes import Difference

_MOST_BUILT = 8
"""Models that are built to see which argument it is."""


@dataclass(frozen=True, eq=False)
class Argument:
    """A number among the arguments of the model's constructor."""

    call: ast.Call
    given: ast.expr
    """What the call is given: the number or the name of a constant."""
    node: ast.expr
    """Where the number is written."""
    name: str
    """"num_classes=", or nothing if it is given by position."""
    alone: bool
    """Whether nothing else reads the number, so that it may be another one."""


@dataclass(frozen=True, eq=False)
class Constructor:
    """The calls in the text that make models of the receiver's class."""

    module: Module
    case: Case

    @staticmethod
    def of(case: Case) -> Constructor | None:
        try:
            return Constructor(parse(case.report.site.path, case.text), case)
        except (SyntaxError, RecursionError):
            return None

    def places(self, difference: Difference) -> tuple[Related, ...]:
        """Where the model's number stands."""
        file = self.case.checkpoint
        return tuple(
            Related(
                self.module.path,
                self.module.span(argument.node),
                f"{argument.name}{difference.own} here, where {file} has {difference.given}",
            )
            for argument in self._arguments(difference.own)
        )

    def fixes(self, differences: Sequence[Difference], prover: Prover) -> list[tuple[Fix, Outcome]]:
        """Other numbers in the call itself, the fewest leftovers first; none that leaves as much as there is."""
        now = len_of(self.case)
        found = [
            (Fix(title, edits, outcome.leftover), outcome)
            for title, edits, outcome in self._built(differences, prover)
            if outcome.total < now
        ]
        return sorted(found, key=lambda fix: fix[1].total)

    def _built(
        self, differences: Sequence[Difference], prover: Prover
    ) -> Iterator[tuple[str, tuple[TextEdit, ...], Outcome]]:
        for choice in islice(self._choices(differences), _MOST_BUILT):
            call = choice[0][1].call
            if self._makes_the_model(call, prover):
                outcome = prover.built(_evaluated(_changed(call, choice)))
                if outcome is not None:
                    words = ", ".join(f"{argument.name}{one.given} instead of {one.own}" for one, argument in choice)
                    edits = tuple(self._edit(argument.node, one.given) for one, argument in choice)
                    yield f"Build {self.case.model} with {words}", edits, outcome

    def _choices(self, differences: Sequence[Difference]) -> Iterator[list[tuple[Difference, Argument]]]:
        """All differences at once, then each alone; every way to tell which argument is meant."""
        distinct = list({one.own: one for one in differences}.values())
        alone = [[one] for one in distinct] if len(distinct) > 1 else []
        for wanted in [distinct, *alone]:
            for arguments in product(*(self._changeable(one.own) for one in wanted)):
                if arguments and len({id(argument.call) for argument in arguments}) == 1:
                    yield list(zip(wanted, arguments, strict=True))

    def _changeable(self, number: int) -> list[Argument]:
        return [argument for argument in self._arguments(number) if argument.alone]

    def _makes_the_model(self, call: ast.Call, prover: Prover) -> bool:
        outcome = prover.built(_evaluated(call))
        return outcome is not None and outcome.comparison == self.case.comparison

    def _edit(self, node: ast.expr, number: int) -> TextEdit:
        return TextEdit(self.module.path, self.module.span(node), str(number))

    def _arguments(self, number: int) -> Iterator[Argument]:
        name = (self.case.report.model or "").split(".")[-1]
        for call in self.module.parents:
            if isinstance(call, ast.Call) and (dotted(call.func) or "").split(".")[-1] == name:
                for given, said in _given(call):
                    node = self._constant(given)
                    if isinstance(node, ast.Constant) and type(node.value) is int and node.value == number:
                        yield Argument(call, given, node, said, self._is_alone(given))

    def _is_alone(self, given: ast.expr) -> bool:
        if not isinstance(given, ast.Name):
            return True
        names = [n for n in self.module.parents if isinstance(n, ast.Name) and n.id == given.id]
        return sum(isinstance(name.ctx, ast.Load) for name in names) == 1

    def _constant(self, given: ast.expr) -> ast.expr:
        """What a name is set to, if the text sets it once."""
        if not isinstance(given, ast.Name):
            return given
        found = [
            node.value
            for node in self.module.parents
            if isinstance(node, ast.Assign)
            and any(isinstance(target, ast.Name) and target.id == given.id for target in node.targets)
        ]
        return found[0] if len(found) == 1 else given


def len_of(case: Case) -> int:
    left = case.comparison
    return len(left.missing) + len(left.unexpected) + len(left.mismatched)


def _given(call: ast.Call) -> Iterator[tuple[ast.expr, str]]:
    yield from ((argument, "") for argument in call.args)
    yield from ((keyword.value, f"{keyword.arg}=") for keyword in call.keywords if keyword.arg)


def _changed(call: ast.Call, choice: Sequence[tuple[Difference, Argument]]) -> ast.Call:
    numbers = {id(argument.given): one.given for one, argument in choice}
    memo: dict[int, object] = {
        id(node): ast.Constant(numbers[id(node)]) for node in ast.walk(call) if id(node) in numbers
    }
    return copy.deepcopy(call, memo)


def _evaluated(call: ast.Call) -> str:
    """An expression that makes the model anew among the program's own names."""
    return f"eval({quoted(ast.unparse(call))}, dict(vars(__import__('sys').modules['__main__'])))"
