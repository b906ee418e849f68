"""The fixes of a load call and the cause that they remove, in the order in which they are offered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..source.edits import LoadCall, Rewrite
from ..types import Fix, Leftover
from . import causes, rivals, siblings, sizes, symptoms
from .align import Alignment
from .case import Case
from .constructors import Constructor
from .in_model import renamed_by_the_model
from .keys import group
from .proof import Prover
from .renamings import Replace, Swap
from .search import Proven, Search, joined
from .wording import leftover_told


@dataclass(frozen=True)
class Offer:
    """A fix, and the cause that it removes, as far as that is a sentence."""

    fix: Fix
    cause: str | None
    lenient: bool = False
    """`strict=False`: torch goes quiet about missing and unexpected keys, which are as many as before."""


@dataclass(frozen=True)
class Offers:
    """What can be done about a load call."""

    fixes: tuple[Offer, ...] = ()
    """The best first; `strict=False` last.  None leaves as much as there is now."""
    cause: str | None = None
    """Why the keys do not fit, known even where nothing can be done about it at the call."""


def offers(case: Case) -> Offers:
    """Nothing is offered that torch was not asked about."""
    if case.ask is None or case.comparison.clean:
        return Offers()
    prover = Prover(case.ask, case.strict, len(case.report.model_entries))
    call = LoadCall.find(case.text, case.report.site)
    known = _of_the_call(case, call, prover) if call is not None else Offers(cause=symptoms.of(case))
    if any(offer.fix.preferred for offer in known.fixes):
        return known
    more = replace(known, fixes=(*_of_the_constructor(case), *known.fixes))
    return more if any(map(_is_whole, known.fixes)) else _with_other_files(case, more)


def _is_whole(offer: Offer) -> bool:
    return offer.fix.leftover == Leftover() and not offer.lenient


def _with_other_files(case: Case, known: Offers) -> Offers:
    """Where little fits, another file that does; then nothing by halves, and what changes least first."""
    files = rivals.fitting(case)
    if not files:
        return known
    cause = "; ".join(said for said in (symptoms.how_much_fits(case), rivals.told(case, files)) if said)
    found, whole = rivals.instead(case, files), [offer.fix for offer in known.fixes if _is_whole(offer)]
    fixes = sorted((*whole, *found), key=lambda fix: len(fix.edits))
    return Offers(tuple(Offer(replace(fix, preferred=len(fixes) == len(files) == 1), cause) for fix in fixes), cause)


def of_a_whole_model(case: Case) -> Offers:
    """Where the call is given a module in place of a state dict, which a module can make."""
    call = LoadCall.find(case.text, case.report.site) if case.ask is not None else None
    rewrite = Rewrite(expression="state_dict.state_dict()")
    if call is None or case.ask is None or not call.takes(rewrite):
        return Offers()
    outcome = Prover(case.ask, case.strict, len(case.report.model_entries)).outcome(rewrite)
    if outcome is None:
        return Offers()
    title = "Take the state dict of the model that it is given" + leftover_told(outcome.leftover)
    fix = Fix(title, call.write(rewrite), outcome.leftover, preferred=outcome.total == 0)
    return Offers((Offer(fix, None),), "this is a whole model, not its state dict")


def _of_the_constructor(case: Case) -> list[Offer]:
    constructor = Constructor.of(case) if not any(symptoms.contradictions(case)) else None
    found = constructor.fixes(sizes.of(case)) if constructor is not None else []
    whole = [fix for fix, trial in found if trial.total == 0]
    kept = [(fix, trial) for fix, trial in found if fix in whole or not whole]
    return [
        Offer(replace(fix, title=fix.title + trial.told(), preferred=fix.preferred and whole == [fix]), None)
        for fix, trial in kept
    ]


def _of_the_call(case: Case, call: LoadCall, prover: Prover) -> Offers:
    search = Search(case, call, prover)
    ranked = [proven for proven in _ranked(search) if not _is_far_fetched(case, proven)]
    sure = next((proven for proven in ranked if proven.is_sure), None)
    found = [
        Offer(_fix(call, proven, _told(proven), proven is sure), _cause(case, proven.rewrite.pick, proven.alignments))
        for proven in ranked
    ]
    found += _of_the_model(case, sure) if sure is not None else []
    return Offers((*found, *_lenient(case, call, search, ranked)), _best_explanation(case, search))


def _of_the_model(case: Case, sure: Proven) -> list[Offer]:
    """The same renaming in the model, where it is one of the model's own names."""
    if sure.rewrite.pick or sure.rewrite.receiver:
        return []
    fix = renamed_by_the_model(case, [alignment.renaming for alignment in sure.alignments])
    return [Offer(fix, _cause(case, (), sure.alignments))] if fix is not None else []


def _is_far_fetched(case: Case, proven: Proven) -> bool:
    """Guessed names, after which most of the model is still not loaded: then it is another model."""
    left = proven.outcome.comparison
    return proven.is_guess and 2 * (len(left.missing) + len(left.mismatched)) > len(case.report.model_entries)


def _ranked(search: Search) -> list[Proven]:
    """Fewest leftovers first, found first among equals; halves are not offered beside a whole."""
    best: dict[Rewrite, Proven] = {}
    for proven in search.found():
        best.setdefault(proven.rewrite, proven)
    ranked = sorted(best.values(), key=lambda proven: proven.weight)
    return [proven for proven in ranked if proven.weight == 0 or ranked[0].weight > 0]


def _fix(call: LoadCall, proven: Proven, title: str, preferred: bool) -> Fix:
    return Fix(title, call.write(proven.rewrite), proven.outcome.leftover, preferred)


def _lenient(case: Case, call: LoadCall, search: Search, ranked: list[Proven]) -> list[Offer]:
    quiet = search.lenient(ranked)
    if quiet is None:
        return []
    proven, loaded, total = quiet
    title = _lenient_title(proven, loaded, total)
    cause = _cause(case, proven.rewrite.pick, proven.alignments)
    return [Offer(_fix(call, proven, title, False), cause, lenient=True)]


def _best_explanation(case: Case, search: Search) -> str | None:
    """The renaming that explains the most; where none does, what else can be read off both sides."""
    best = min(search.explained, key=lambda known: known[0], default=None)
    if best is not None and not _explains_little(case, best[2]):
        return _cause(case, best[1], (best[2],))
    given = {entry.key: entry.shape for entry in case.report.checkpoint_entries}
    own = {entry.key: entry.shape for entry in case.report.model_entries}
    missing = {key: own.get(key) for key in case.comparison.missing}
    unexpected = {key: given.get(key) for key in case.comparison.unexpected}
    return symptoms.of(case) or siblings.told(case, missing, unexpected) or symptoms.how_much_fits(case)


def _explains_little(case: Case, alignment: Alignment) -> bool:
    if not isinstance(alignment.renaming, (Replace, Swap)):
        return False
    return 2 * (symptoms.fitting(case) + alignment.gained) < len(case.report.model_entries)


def _cause(case: Case, pick: tuple[str, ...], found: Sequence[Alignment]) -> str | None:
    """What the renamings say, and what is to be known besides."""
    said = [causes.of(case, pick, found), symptoms.besides(case)]
    return "\n".join(sentence for sentence in said if sentence) or None


# -- titles --------------------------------------------------------------------------------------------------------


def _told(proven: Proven) -> str:
    """With what is left."""
    parts = [_left_alone(proven.unloaded)] if proven.unloaded else []
    return proven.title + leftover_told(proven.outcome.leftover, *parts)


def _left_alone(keys: tuple[str, ...]) -> str:
    terms = group(keys)
    verb = "is" if len(keys) == 1 else "are"
    return f"`{terms[0]}` {verb} not loaded" if len(terms) == 1 else f"{len(keys)} tensors {verb} not loaded"


def _lenient_title(proven: Proven, loaded: int, total: int) -> str:
    rest, unexpected = total - loaded, len(proven.outcome.comparison.unexpected)
    stay = f", {rest} {'stays' if rest == 1 else 'stay'} as initialised" if rest else ""
    ignored = f", {unexpected} of the file {'is' if unexpected == 1 else 'are'} ignored" if unexpected else ""
    return f"{joined(proven.title, 'Pass strict=False')} — loads {loaded} of {total} tensors{stay}{ignored}"
