"""Looks for rewrites of a load call after which torch complains of less, and proves each before it is offered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ..source.edits import LoadCall, Rewrite
from ..types import Fix
from . import causes, counts
from .align import Alignment, Shape, alignments
from .case import Case
from .keys import group
from .picks import picks
from .proof import Outcome, Prover
from .repairs import Form, Repair, for_alignment, leave_out, take_only

_TRIED = 3
"""Alignments that are tried at each point of the search."""


@dataclass(frozen=True)
class Proven:
    """A rewrite, and what torch says to it."""

    title: str
    rewrite: Rewrite
    outcome: Outcome
    unloaded: tuple[str, ...] = ()
    """Keys of the model that are not loaded though torch would not say so."""
    alignment: Alignment | None = None


@dataclass(frozen=True)
class Offer:
    """A fix, and the cause that it removes, as far as that is a sentence."""

    fix: Fix
    cause: str | None
    lenient: bool
    """`strict=False`: torch goes quiet about missing and unexpected keys, which are as many as before."""


def offers(case: Case) -> list[Offer]:
    """The best first; none that leaves as much as there is now."""
    call = LoadCall.find(case.text, case.report.site) if case.ask is not None else None
    if call is None or case.ask is None or case.comparison.clean:
        return []
    search = _Search(case, call, Prover(case.ask, case.strict))
    found = _ranked(search)
    whole = next((proven for proven in found if _is_sure(proven)), None)
    return [
        Offer(_fix(call, proven, proven is whole), _cause(case, proven), proven.rewrite.strict is False)
        for proven in found
    ]


def _is_sure(proven: Proven) -> bool:
    """Whether an editor may apply it unasked: nothing is left and nothing is guessed."""
    rivalled = proven.alignment is not None and proven.alignment.rivalled
    whole = proven.outcome.total == 0 and not proven.unloaded
    return whole and proven.rewrite.strict is None and not rivalled


def _fix(call: LoadCall, proven: Proven, preferred: bool) -> Fix:
    return Fix(proven.title, call.write(proven.rewrite), proven.outcome.leftover, preferred)


def _cause(case: Case, proven: Proven) -> str | None:
    if proven.alignment is not None:
        alignment = proven.alignment
        return causes.of_renaming(case, proven.rewrite.pick, alignment.renaming, len(alignment.pairs))
    return causes.of_pick(case, proven.rewrite.pick) if proven.rewrite.pick else None


def _ranked(search: _Search) -> list[Proven]:
    """Fewest leftovers first, found first among equals; `strict=False` always last."""
    found = list(search.found())
    best: dict[Rewrite, Proven] = {}
    for proven in found:
        best.setdefault(proven.rewrite, proven)
    ranked = sorted(best.values(), key=lambda p: p.outcome.total + len(p.unloaded))
    return [*map(_told, ranked), *search.lenient(ranked)]


def _weight(proven: Proven) -> int:
    return proven.outcome.total + len(proven.unloaded)


def _told(proven: Proven) -> Proven:
    """The title with what is left."""
    left = proven.outcome.leftover
    parts = [
        f"{count} {noun if count == 1 else noun + 's'} would still {verb}"
        for count, noun, verb in (
            (left.missing, "key", "be missing"),
            (left.unexpected, "key", "be unexpected"),
            (left.mismatched, "tensor", "have another size"),
        )
        if count
    ]
    if proven.unloaded:
        parts.append(_left_alone(proven.unloaded))
    return replace(proven, title=" — ".join([proven.title, ", ".join(parts)])) if parts else proven


def _left_alone(keys: tuple[str, ...]) -> str:
    terms = group(keys)
    verb = "is" if len(keys) == 1 else "are"
    return f"`{terms[0]}` {verb} not loaded" if len(terms) == 1 else f"{len(keys)} tensors {verb} not loaded"


class _Search:
    def __init__(self, case: Case, call: LoadCall, prover: Prover) -> None:
        self._case = case
        self._call = call
        self._prover = prover
        self._model = {entry.key: entry.shape for entry in case.report.model_entries}
        self._given = {entry.key: entry.shape for entry in case.report.checkpoint_entries}
        receiver = case.report.site.receiver
        self._receiver = receiver if "\n" not in receiver else "model"
        self._now = Outcome(case.comparison, raises=True)

    def found(self) -> Iterator[Proven]:
        yield from self._onwards(Proven("", Rewrite(), self._now), self._given)
        for pick in self._picks():
            if self._fills(pick.outcome):
                yield pick
            yield from self._onwards(pick, {})

    def lenient(self, ranked: list[Proven]) -> Iterator[Proven]:
        """`strict=False` for what is nearest to loading: where nothing better is known, or where it loses nothing."""
        if not self._case.strict:
            return
        sure, total = any(map(_is_sure, ranked)), len(self._model)
        for base in [*[p for p in ranked if p.outcome.comparison.missing][:1], Proven("", Rewrite(), self._now)]:
            proven = self._quiet(base)
            loaded = self._loaded(proven) if proven is not None else 0
            if proven is not None and (loaded == total or (loaded and not sure)):
                unexpected = len(proven.outcome.comparison.unexpected)
                yield replace(proven, title=_lenient_title(base.title, loaded, total, unexpected))
                return

    def _quiet(self, base: Proven) -> Proven | None:
        rewrite = replace(base.rewrite, strict=False)
        outcome = self._prover.outcome(rewrite) if self._call.takes(rewrite) else None
        if outcome is None or outcome.raises or outcome.comparison.mismatched:
            return None
        return replace(base, rewrite=rewrite, outcome=outcome)

    def _loaded(self, proven: Proven) -> int:
        pairs = proven.alignment.pairs if proven.alignment is not None else {}
        given = {pairs.get(key, key) for key in (*self._given, *proven.outcome.comparison.unexpected, *pairs)}
        return counts.loaded(self._model, proven.outcome.comparison.missing, given)

    # -- steps ---------------------------------------------------------------------------------------------------

    def _onwards(self, so_far: Proven, given: Mapping[str, Shape]) -> Iterator[Proven]:
        """One alignment more, and the leaving out of what then has no place."""
        yield from self._without_unexpected(so_far)
        for aligned in self._aligned(so_far, given):
            yield from self._without_unexpected(aligned) or self._only_taken(so_far, aligned) or [aligned]

    def _picks(self) -> Iterator[Proven]:
        for pick in picks(self._case.report.checkpoint_entries):
            rewrite = Rewrite(pick=pick)
            outcome = self._prover.outcome(rewrite) if self._call.takes(rewrite) else None
            if outcome is not None:
                yield Proven(f"Load what lies under {_path(pick)}", rewrite, outcome)

    def _fills(self, outcome: Outcome) -> bool:
        """Whether any tensor of the model is loaded, and less is left than now."""
        left = outcome.comparison
        return len(left.missing) + len(left.mismatched) < len(self._model) and outcome.total < self._now.total

    def _aligned(self, so_far: Proven, given: Mapping[str, Shape]) -> Iterator[Proven]:
        # What torch calls missing is not all that is absent: BatchNorm fills in its counter silently.
        absent = {key: shape for key, shape in self._model.items() if key not in given}
        unexpected = {key: given.get(key) for key in so_far.outcome.comparison.unexpected}
        for alignment in alignments(absent, unexpected, self._model.keys() & given.keys())[:_TRIED]:
            ways = [self._proven(so_far, repair) for repair in for_alignment(alignment, self._receiver)]
            best = min((way for way in ways if way is not None), key=_weight, default=None)
            if best is not None:
                yield replace(best, alignment=alignment)

    def _without_unexpected(self, so_far: Proven) -> list[Proven]:
        left = so_far.outcome.comparison
        if not left.unexpected or left.missing or left.mismatched or so_far.unloaded:
            return []
        proven = self._proven(so_far, leave_out(left.unexpected, self._model))
        return [replace(proven, alignment=so_far.alignment)] if proven is not None else []

    def _only_taken(self, so_far: Proven, aligned: Proven) -> list[Proven]:
        """Both steps in one expression, where no statements can stand."""
        left = aligned.outcome.comparison
        if aligned.alignment is None or not left.unexpected or left.missing or left.mismatched:
            return []
        repair = take_only(aligned.alignment, left.unexpected)
        proven = self._proven(so_far, repair) if repair is not None else None
        return [replace(proven, alignment=aligned.alignment)] if proven is not None else []

    def _proven(self, so_far: Proven, repair: Repair) -> Proven | None:
        """By the first form that can be written here and does what the reference does."""
        reference = None
        if repair.reference:
            base = so_far.rewrite
            if base.expression != "state_dict":
                return None
            reference = self._prover.outcome(base, base.statements + repair.reference)
            if reference is None or reference.total >= min(so_far.outcome.total, self._now.total):
                return None
        for form in repair.forms:
            proven = self._by(so_far, repair, form)
            if proven is not None and (reference is None or proven.outcome == reference or repair.receiver):
                return proven
        return None

    def _by(self, so_far: Proven, repair: Repair, form: Form) -> Proven | None:
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
        if outcome is None or outcome.total + len(unloaded) >= self._now.total:
            return None
        return Proven(_joined(so_far.title, repair.title), rewrite, outcome, unloaded)

    def _outside(self, receiver: str) -> tuple[str, ...]:
        """Keys of the model that loading into this part of it leaves alone."""
        if not receiver:
            return ()
        prefix = receiver.replace("[", ".").replace("]", "").lstrip(".") + "."
        return tuple(key for key in self._model if not key.startswith(prefix))


def _joined(title: str, more: str) -> str:
    return f"{title}, {more[0].lower()}{more[1:]}" if title else more


def _path(pick: tuple[str, ...]) -> str:
    return "".join(f'["{key}"]' for key in pick)


def _lenient_title(name: str, loaded: int, total: int, unexpected: int) -> str:
    rest = total - loaded
    stay = f", {rest} {'stays' if rest == 1 else 'stay'} as initialised" if rest else ""
    ignored = f", {unexpected} of the file {'is' if unexpected == 1 else 'are'} ignored" if unexpected else ""
    return f"{_joined(name, 'Pass strict=False')} — loads {loaded} of {total} tensors{stay}{ignored}"
