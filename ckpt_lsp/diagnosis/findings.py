"""From a verdict to findings: one per rule, each on the whole call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..types import Finding, Loads, Raises, Related, Severity, Unresolved
from . import counts, files, harmless, lenience, rules, sizes, symptoms, wording
from .brittle import brittle_strips
from .case import Case
from .constructors import Constructor
from .finding import finding
from .fixes import Offer, Offers, of_a_whole_model, offers
from .rules import Rule
from .trial import MISMATCH_TEXT


def diagnose(case: Case) -> tuple[Finding, ...]:
    """All that is to be said of one load site under one scenario."""
    verdict = case.report.verdict
    if isinstance(verdict, Raises):
        return tuple(_raises(case, verdict))
    if isinstance(verdict, Loads):
        return (*_loads(case, verdict), *lenience.unused(case))
    if isinstance(verdict, Unresolved):
        return tuple(files.of_unresolved(case, verdict))
    return ()


# -- torch raises --------------------------------------------------------------------------------------------------


def _raises(case: Case, verdict: Raises) -> Iterator[Finding]:
    if not verdict.error.message.startswith(MISMATCH_TEXT) or verdict.comparison.clean:
        yield _other_error(case, verdict)
        return
    strips = brittle_strips(case)
    found = _offers(case, strips)
    left, graver = verdict.comparison, Severity.HINT if verdict.handled else None
    listed = _Lists(case, found, graver)
    if left.missing and case.strict:
        yield listed.missing(left.missing)
    if left.unexpected and case.strict:
        yield listed.unexpected(left.unexpected)
    if left.mismatched:
        yield listed.mismatched()
    yield from strips


def _offers(case: Case, strips: Sequence[Finding]) -> Offers:
    """Where a prefix is stripped in a way that mangles keys, that is the cause, and nothing else is looked for."""
    for strip in strips:
        whole = [fix for fix in strip.fixes if fix.preferred]
        if whole:
            own = strip.path == case.report.site.path
            place = f"line {strip.span.line}" if own else f"{strip.path.name}:{strip.span.line}"
            cause = f"{strip.message.partition(chr(10))[0]} ({place})"
            return Offers(tuple(Offer(fix, cause) for fix in whole), cause)
    return offers(case)


@dataclass(frozen=True)
class _Lists:
    """Findings on torch's three lists, which share their fixes and their cause."""

    case: Case
    offers: Offers
    severity: Severity | None

    def missing(self, keys: Sequence[str]) -> Finding:
        found = [o for o in self.offers.fixes if o.lenient or o.fix.leftover.missing < len(keys)]
        known = harmless.sort_out(keys, [entry.key for entry in self.case.report.model_entries])
        text = "\n".join([wording.missing(self.case, keys), *harmless.told(known)])
        return self._finding(rules.MISSING_KEYS, text, found, wording.whole_list(self.case, "All missing keys", keys))

    def unexpected(self, keys: Sequence[str]) -> Finding:
        found = [o for o in self.offers.fixes if o.lenient or o.fix.leftover.unexpected < len(keys)]
        known = harmless.sort_out(keys, [entry.key for entry in self.case.report.checkpoint_entries])
        text = "\n".join([wording.unexpected(self.case, keys), *harmless.told(known)])
        related = wording.whole_list(self.case, "All unexpected keys", keys)
        return self._finding(rules.UNEXPECTED_KEYS, text, found, related)

    def mismatched(self) -> Finding:
        all_of_them = self.case.comparison.mismatched
        found = [o for o in self.offers.fixes if o.fix.leftover.mismatched < len(all_of_them)]
        keys = [mismatch.key for mismatch in all_of_them]
        related = wording.whole_list(self.case, "All tensors of another size", keys)
        text = wording.mismatched(self.case, all_of_them)
        differing = [] if any(symptoms.contradictions(self.case)) else sizes.of_shapes(all_of_them)[:1]
        return self._finding(rules.SIZE_MISMATCH, text, found, related, differing)

    def depth(self) -> list[sizes.Difference]:
        """Another number of layers, where that is what the keys differ in."""
        report = self.case.report
        given, own = ([entry.key for entry in side] for side in (report.checkpoint_entries, report.model_entries))
        return sizes.of_depth(given, own)

    def _finding(
        self,
        rule: Rule,
        text: str,
        found: Sequence[Offer],
        related: tuple[Related, ...],
        differences: Sequence[sizes.Difference] = (),
    ) -> Finding:
        cause = next((offer.cause for offer in found if offer.cause), self.offers.cause)
        differing = [*differences, *(self.depth() if rule is not rules.SIZE_MISMATCH and cause is None else [])]
        lines = [text, *([cause] if cause else []), *(sizes.sentence(self.case, one) for one in differing)]
        constructor = Constructor.of(self.case) if differing else None
        related += tuple(place for one in differing for place in (constructor.places(one) if constructor else ()))
        fixes = tuple(offer.fix for offer in found)
        return finding(self.case, rule, "\n".join(lines), self.severity, related, fixes)


def _other_error(case: Case, verdict: Raises) -> Finding:
    refused = files.of_refused(case, verdict)
    if refused is not None:
        return refused
    error, severity = verdict.error, Severity.HINT if verdict.handled else None
    known = of_a_whole_model(case) if "to be dict-like" in error.message else Offers()
    message = "\n".join([f"{error.type}: {error.message}".strip(), *([known.cause] if known.cause else [])])
    return finding(case, rules.LOAD_ERROR, message, severity, fixes=tuple(offer.fix for offer in known.fixes))


# -- torch is content ----------------------------------------------------------------------------------------------


def _loads(case: Case, verdict: Loads) -> Iterator[Finding]:
    """What `strict=False` keeps quiet about."""
    keys = verdict.comparison.missing
    loaded, total = _loaded(case), len(case.report.model_entries)
    known = harmless.sort_out(keys, [entry.key for entry in case.report.model_entries])
    if case.strict or not total or len(keys) == sum(map(len, known.values())):
        return
    strips = brittle_strips(case)
    possible = _offers(case, strips)
    found = [offer for offer in possible.fixes if offer.fix.leftover.missing < len(keys)]
    rule = rules.PARTIALLY_LOADED if loaded else rules.NOTHING_LOADED
    severity = Severity.INFORMATION if loaded * 2 >= total and not found else None
    head = f"strict=False loads {loaded} of {total} tensors of {case.model} from {case.checkpoint}"
    parts = [head, wording.missing(case, keys)] if loaded else [head]
    parts += [wording.unexpected(case, verdict.comparison.unexpected)] if verdict.comparison.unexpected else []
    cause = next((offer.cause for offer in found if offer.cause), possible.cause)
    parts += [cause] if cause else []
    related = wording.whole_list(case, "All missing keys", keys)
    yield finding(case, rule, "\n".join(parts), severity, related, tuple(offer.fix for offer in found))
    yield from strips


def _loaded(case: Case) -> int:
    own = [entry.key for entry in case.report.model_entries]
    given = {entry.key for entry in case.report.checkpoint_entries}
    return counts.loaded(own, case.comparison.missing, given)
