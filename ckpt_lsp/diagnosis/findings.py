"""From a verdict to findings: one per rule, each on the whole call."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..types import Finding, Fix, Loads, Raises, Related, Severity, Unresolved
from . import counts, harmless, rules, sizes, wording
from .case import Case
from .constructors import Constructor
from .fixes import Offer, Offers, of_a_whole_model, offers
from .rules import Rule

_MISMATCH_TEXT = "Error(s) in loading state_dict for "
_UNREADABLE = re.compile(
    r"invalid load key|invalid magic number|PytorchStreamReader failed|Ran out of input|pickle data was truncated|"
    r"unpickling stack underflow|Invalid magic number|failed finding central directory|Unsupported operand|"
    r"^EOFError|is not a valid|HeaderTooLarge|InvalidHeader"
)
_NO_FILE_OF_WEIGHTS = re.compile(
    r" (is a Git LFS pointer|is a web page|is empty|breaks off|is no checkpoint|is compressed by|is an empty zip)"
)


def diagnose(case: Case) -> tuple[Finding, ...]:
    """All that is to be said of one load site under one scenario."""
    verdict = case.report.verdict
    if isinstance(verdict, Raises):
        return tuple(_raises(case, verdict))
    if isinstance(verdict, Loads):
        return tuple(_loads(case, verdict))
    if isinstance(verdict, Unresolved):
        return tuple(_unresolved(case, verdict))
    return ()


# -- torch raises --------------------------------------------------------------------------------------------------


def _raises(case: Case, verdict: Raises) -> Iterator[Finding]:
    if not verdict.error.message.startswith(_MISMATCH_TEXT) or verdict.comparison.clean:
        yield _other_error(case, verdict)
        return
    found = offers(case)
    left, graver = verdict.comparison, Severity.HINT if verdict.handled else None
    listed = _Lists(case, found, graver)
    if left.missing and case.strict:
        yield listed.missing(left.missing)
    if left.unexpected and case.strict:
        yield listed.unexpected(left.unexpected)
    if left.mismatched:
        yield listed.mismatched()


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
        return self._finding(rules.SIZE_MISMATCH, text, found, related, sizes.of_shapes(all_of_them)[:1])

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
        return _finding(self.case, rule, "\n".join(lines), self.severity, related, fixes)


def _other_error(case: Case, verdict: Raises) -> Finding:
    error, severity = verdict.error, Severity.HINT if verdict.handled else None
    if verdict.rejected_globals:
        return _finding(case, rules.WEIGHTS_ONLY_REJECTS, _rejected(case, verdict), severity)
    text = f"{error.type}: {error.message}"
    if verdict.at is not None and _UNREADABLE.search(text):
        message = f"torch cannot read {case.checkpoint}: {_first_line(text)}\nfetch or save the file again"
        return _finding(case, rules.NOT_A_CHECKPOINT, message, severity)
    if "Weights only load failed" in error.message:
        return _finding(case, rules.WEIGHTS_ONLY_REJECTS, _rejected(case, verdict), severity)
    known = of_a_whole_model(case) if "to be dict-like" in error.message else Offers()
    message = "\n".join([text.strip(), *([known.cause] if known.cause else [])])
    return _finding(case, rules.LOAD_ERROR, message, severity, fixes=tuple(offer.fix for offer in known.fixes))


def _rejected(case: Case, verdict: Raises) -> str:
    names = ", ".join(f"`{name}`" for name in verdict.rejected_globals) or "more than tensors and plain values"
    return (
        f"torch.load refuses {case.checkpoint}, which holds {names}: {verdict.error.type} under weights_only=True\n"
        "if you trust the file's origin, allow these by torch.serialization.safe_globals or pass weights_only=False; "
        "better, save only the state dict"
    )


def _first_line(text: str) -> str:
    return text.strip().splitlines()[0]


# -- torch is content ----------------------------------------------------------------------------------------------


def _loads(case: Case, verdict: Loads) -> Iterator[Finding]:
    """What `strict=False` keeps quiet about."""
    keys = verdict.comparison.missing
    loaded, total = _loaded(case), len(case.report.model_entries)
    known = harmless.sort_out(keys, [entry.key for entry in case.report.model_entries])
    if case.strict or not total or len(keys) == sum(map(len, known.values())):
        return
    possible = offers(case)
    found = [offer for offer in possible.fixes if offer.fix.leftover.missing < len(keys)]
    rule = rules.PARTIALLY_LOADED if loaded else rules.NOTHING_LOADED
    severity = Severity.INFORMATION if loaded * 2 >= total and not found else None
    head = f"strict=False loads {loaded} of {total} tensors of {case.model} from {case.checkpoint}"
    parts = [head, wording.missing(case, keys)] if loaded else [head]
    parts += [wording.unexpected(case, verdict.comparison.unexpected)] if verdict.comparison.unexpected else []
    cause = next((offer.cause for offer in found if offer.cause), possible.cause)
    parts += [cause] if cause else []
    related = wording.whole_list(case, "All missing keys", keys)
    yield _finding(case, rule, "\n".join(parts), severity, related, tuple(offer.fix for offer in found))


def _loaded(case: Case) -> int:
    own = [entry.key for entry in case.report.model_entries]
    given = {entry.key for entry in case.report.checkpoint_entries}
    return counts.loaded(own, case.comparison.missing, given)


# -- no verdict ----------------------------------------------------------------------------------------------------


def _unresolved(case: Case, verdict: Unresolved) -> Iterator[Finding]:
    """`unresolved` itself is told in the summary and never shown at the call."""
    if verdict.checkpoint_not_found is not None:
        yield _finding(case, rules.CHECKPOINT_NOT_FOUND, wording.not_found(case, verdict.checkpoint_not_found))
    elif verdict.reason.startswith(case.checkpoint) and _NO_FILE_OF_WEIGHTS.search(verdict.reason):
        yield _finding(case, rules.NOT_A_CHECKPOINT, verdict.reason)


def _finding(
    case: Case,
    rule: Rule,
    message: str,
    severity: Severity | None = None,
    related: tuple[Related, ...] = (),
    fixes: tuple[Fix, ...] = (),
) -> Finding:
    site = case.report.site
    return Finding(rule.name, severity or rule.severity, site.path, site.span, message, related, fixes)
