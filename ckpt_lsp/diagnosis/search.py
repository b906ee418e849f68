"""Looks for rewrites of a load call after which torch complains of less; each step is proven before the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from ..source.edits import LoadCall, Rewrite
from . import counts
from .align import Alignment, Shape, alignments
from .case import Case
from .causes import AVERAGE
from .keys import escape
from .picks import AVERAGED, picks
from .proof import Outcome, Prover
from .renamings import Replace, Swap
from .repairs import Form, Repair, for_alignment, leave_out, renamed_by_table, take_only

_TRIED = 3
"""Alignments that are tried at one point of the search."""

_STEPS = 3
"""Renamings that are made one after the other."""


@dataclass(frozen=True)
class Proven:
    """A rewrite, and what torch says to it."""

    title: str
    rewrite: Rewrite
    outcome: Outcome
    given: Mapping[str, Shape] = field(compare=False)
    """The state dict as it then is, as far as it is known."""
    unloaded: tuple[str, ...] = ()
    """Keys of the model that are not loaded though torch would not say so."""
    alignments: tuple[Alignment, ...] = ()
    left_out: tuple[str, ...] = ()
    """Keys of the state dict that are left out on purpose and are not known to be harmless."""

    @property
    def weight(self) -> int:
        """What is left to complain of."""
        return self.outcome.total + len(self.unloaded)

    @property
    def is_guess(self) -> bool:
        """Whether shapes and ends of names alone speak for one of its renamings."""
        return any(isinstance(alignment.renaming, (Replace, Swap)) for alignment in self.alignments)

    @property
    def is_sure(self) -> bool:
        """Whether an editor may apply it unasked: nothing is left, nothing guessed, nothing thrown away."""
        guessed = any(alignment.rivalled for alignment in self.alignments)
        return self.weight == 0 and self.rewrite.strict is None and not guessed and not self.left_out


class Search:
    """One load call."""

    def __init__(self, case: Case, call: LoadCall, prover: Prover) -> None:
        self._strict = case.strict
        self._call = call
        self._prover = prover
        self._entries = case.report.checkpoint_entries
        self._model = {entry.key: entry.shape for entry in case.report.model_entries}
        receiver = case.report.site.receiver
        self._receiver = receiver if "\n" not in receiver else "model"
        given = {entry.key: entry.shape for entry in self._entries}
        self._now = Proven("", Rewrite(), Outcome(case.comparison, raises=True), given)
        self.explained: list[tuple[int, tuple[str, ...], Alignment]] = []
        """What renamings would do, whether or not they can be written here: leftovers, pick, alignment."""

    def found(self) -> Iterator[Proven]:
        """Not in order; the same rewrite may come twice."""
        yield from self._onwards(self._now, _STEPS)
        for pick in self._picks():
            if self._fills(pick.outcome):
                yield pick
            yield from self._onwards(pick, _STEPS)

    def lenient(self, ranked: list[Proven]) -> tuple[Proven, int, int] | None:
        """`strict=False` for what is nearest to loading, and how many of how many tensors it loads.

        Only where nothing better is known, or where it loses nothing."""
        sure, total = any(proven.is_sure for proven in ranked), len(self._model)
        nearest = [proven for proven in ranked if proven.outcome.comparison.missing][:1]
        for base in [*nearest, self._now] if self._strict else []:
            proven = self._quiet(base)
            loaded = self._loaded(proven) if proven is not None else 0
            if proven is not None and (loaded == total or (loaded and not sure)):
                return proven, loaded, total
        return None

    def _quiet(self, base: Proven) -> Proven | None:
        rewrite = replace(base.rewrite, strict=False)
        outcome = self._prover.outcome(rewrite) if self._call.takes(rewrite) else None
        if outcome is None or outcome.raises or outcome.comparison.mismatched:
            return None
        return replace(base, rewrite=rewrite, outcome=outcome)

    def _loaded(self, proven: Proven) -> int:
        return counts.loaded(self._model, proven.outcome.comparison.missing, proven.given)

    # -- steps -------------------------------------------------------------------------------------------------

    def _onwards(self, so_far: Proven, steps: int) -> Iterator[Proven]:
        """One alignment more, others after it, and the leaving out of what then has no place."""
        yield from self._without_unexpected(so_far)
        for rank, aligned in enumerate(self._aligned(so_far)):
            deeper = list(self._onwards(aligned, steps - 1)) if self._goes_on(aligned, steps, rank) else []
            yield from deeper or self._without_unexpected(aligned) or self._only_taken(so_far, aligned) or [aligned]

    def _goes_on(self, aligned: Proven, steps: int, rank: int) -> bool:
        left = aligned.outcome.comparison
        return bool(steps > 1 and rank == 0 and left.missing and left.unexpected and not aligned.unloaded)

    def _picks(self) -> Iterator[Proven]:
        for pick in picks(self._entries):
            rewrite = Rewrite(pick=pick)
            outcome = self._prover.outcome(rewrite) if self._call.takes(rewrite) else None
            if outcome is not None:
                path = "".join(f'["{escape(key)}"]' for key in pick)
                average = f", {AVERAGE}" if pick[0] in AVERAGED else ""
                yield Proven(f"Load what lies under {path}{average}", rewrite, outcome, {})

    def _fills(self, outcome: Outcome) -> bool:
        """Whether any tensor of the model is loaded, and less is left than now."""
        left = outcome.comparison
        return len(left.missing) + len(left.mismatched) < len(self._model) and outcome.total < self._now.weight

    def _aligned(self, so_far: Proven) -> Iterator[Proven]:
        given = so_far.given
        # What torch calls missing is not all that is absent: BatchNorm fills in its counter silently.
        absent = {key: shape for key, shape in self._model.items() if key not in given}
        unexpected = {key: given.get(key) for key in so_far.outcome.comparison.unexpected}
        for alignment in alignments(absent, unexpected, self._model.keys() & given.keys())[:_TRIED]:
            ways = [self._proven(so_far, repair, alignment) for repair in for_alignment(alignment, self._receiver)]
            best = min((way for way in ways if way is not None), key=lambda way: way.weight, default=None)
            if best is not None:
                yield best

    def _without_unexpected(self, so_far: Proven) -> list[Proven]:
        left = so_far.outcome.comparison
        if not left.unexpected or left.missing or left.mismatched or so_far.unloaded:
            return []
        proven = self._proven(so_far, leave_out(left.unexpected, self._model))
        return [proven] if proven is not None else []

    def _only_taken(self, so_far: Proven, aligned: Proven) -> list[Proven]:
        """Both steps in one expression, where no statements can stand."""
        left, alignment = aligned.outcome.comparison, aligned.alignments[-1]
        if not left.unexpected or left.missing or left.mismatched:
            return []
        repair = take_only(alignment, left.unexpected)
        proven = self._proven(so_far, repair, alignment) if repair is not None else None
        return [proven] if proven is not None else []

    # -- one step ----------------------------------------------------------------------------------------------

    def _proven(self, so_far: Proven, repair: Repair, alignment: Alignment | None = None) -> Proven | None:
        """By the first form that can be written here and does what the reference does."""
        base = so_far.rewrite
        if base.expression != "state_dict":
            return None
        reference = self._prover.outcome(base, base.statements + repair.reference)
        if reference is None or reference.total >= min(so_far.outcome.total, self._now.weight):
            return None
        if alignment is not None:
            self.explained.append((reference.total, base.pick, alignment))
        for form in repair.forms:
            proven = self._by(so_far, repair, form, alignment)
            if proven is not None and (proven.outcome == reference or repair.receiver):
                return proven
        return None

    def _by(self, so_far: Proven, repair: Repair, form: Form, alignment: Alignment | None) -> Proven | None:
        base = so_far.rewrite
        if form.expression != "state_dict" and base.statements:
            return None
        rewrite = replace(
            base,
            statements=base.statements + form.statements,
            expression=form.expression,
            receiver=base.receiver + repair.receiver,
        )
        outcome = self._prover.outcome(rewrite) if self._call.takes(rewrite) else None
        unloaded = self._outside(repair.receiver)
        if outcome is None or outcome.total + len(unloaded) >= self._now.weight:
            return None
        pairs = alignment.pairs if alignment is not None else {}
        given = {pairs.get(key, key): shape for key, shape in so_far.given.items()}
        title = joined(so_far.title, repair.title)
        more = (alignment,) if alignment is not None else ()
        proven = Proven(title, rewrite, outcome, given, unloaded, (*so_far.alignments, *more), repair.left_out)
        return self._with_a_table(proven) if more else proven

    def _with_a_table(self, proven: Proven) -> Proven:
        """Several prefixes that are replaced one after the other read better as a table."""
        renamings = [one.renaming for one in proven.alignments if isinstance(one.renaming, Replace)]
        if len(renamings) < 2 or len(renamings) < len(proven.alignments) or not proven.rewrite.statements:
            return proven
        rewrite = replace(proven.rewrite, statements=renamed_by_table(renamings).statements)
        return replace(proven, rewrite=rewrite) if self._prover.outcome(rewrite) == proven.outcome else proven

    def _outside(self, receiver: str) -> tuple[str, ...]:
        """Keys of the model that loading into this part of it leaves alone."""
        if not receiver:
            return ()
        prefix = receiver.replace("[", ".").replace("]", "").lstrip(".") + "."
        return tuple(key for key in self._model if not key.startswith(prefix))


def joined(title: str, more: str) -> str:
    return f"{title}, {more[0].lower()}{more[1:]}" if title else more
