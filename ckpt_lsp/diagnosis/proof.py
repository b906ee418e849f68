"""What torch says to a rewrite, asked of the child that still holds model and state dict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ..source.edits import Rewrite
from ..types import Comparison, Leftover, Mismatch
from ..worker.protocol import Answer, Question

_MOST, _FEWEST = 60, 8
_MOST_KEYS = 60_000
"""Over all questions on one load site: each takes torch a while that grows with the model, and the user waits."""


_OWN = (
    "import copy\n"
    "state_dict = copy.copy({picked})\n"
    "if hasattr(state_dict, '_metadata'):\n"
    "    state_dict._metadata = copy.copy(state_dict._metadata)\n"
)
"""What statements change must be this question's alone: a nested dict is the same object in all of them."""


@dataclass(frozen=True)
class Outcome:
    """What torch would do, once a rewrite is made."""

    comparison: Comparison
    raises: bool

    @property
    def total(self) -> int:
        left = self.comparison
        return len(left.missing) + len(left.unexpected) + len(left.mismatched)

    @property
    def leftover(self) -> Leftover:
        left = self.comparison
        return Leftover(len(left.missing), len(left.unexpected), len(left.mismatched))


@dataclass
class Prover:
    """Puts questions, each once, as long as there is leave to."""

    ask: Callable[[Question], Answer]
    strict: bool
    """As the call has it."""
    keys: int
    """Of the model."""
    _known: dict[Question, Outcome | None] = field(default_factory=dict)

    def outcome(self, rewrite: Rewrite, statements: str = "") -> Outcome | None:
        """After the rewrite, or after other `statements` in place of its code.  None: nothing that helps."""
        changed = statements or rewrite.statements
        question = Question(
            state_dict="state_dict" if statements else rewrite.expression,
            setup=_OWN.format(picked=rewrite.picked) + changed if changed or rewrite.pick else "",
            model="model" + rewrite.receiver,
            strict=self.strict if rewrite.strict is None else rewrite.strict,
        )
        return self._asked(question)

    def _asked(self, question: Question) -> Outcome | None:
        if question not in self._known:
            if len(self._known) >= max(_FEWEST, min(_MOST, _MOST_KEYS // max(1, self.keys))):
                return None
            self._known[question] = _outcome(self.ask(question))
        return self._known[question]


def _outcome(answer: Answer) -> Outcome | None:
    """None where torch could not be asked, or raises something that no list speaks of."""
    mismatched = tuple(Mismatch(key, tuple(given), tuple(own)) for key, given, own in answer.mismatched)
    comparison = Comparison(tuple(answer.missing), tuple(answer.unexpected), mismatched)
    if answer.error is not None or (answer.raises and comparison.clean):
        return None
    if answer.raises and "While copying the parameter named" in (answer.message or ""):
        return None
    return Outcome(comparison, answer.raises)
