"""`ckpt-lsp rule NAME`: the document that stands beside a rule, as text for a terminal or for a page."""

from __future__ import annotations

import difflib

from ckpt_lsp.diagnosis import rules


class UnknownRule(Exception):
    """There is no such rule; the message names those there are, or the one that was meant."""


def document(name: str) -> str:
    """The whole document of one rule, Markdown.  Raises UnknownRule."""
    try:
        return rules.get(name).doc
    except KeyError:
        raise UnknownRule(_advice(name)) from None


def documents() -> str:
    """Those of all rules, in their order."""
    return "\n".join(rule.doc for rule in rules.all())


def overview() -> str:
    """A line for each rule: name, severity, what it is about."""
    width = max(len(rule.name) for rule in rules.all())
    return "".join(f"{rule.name:<{width}}  {rule.severity.value:<11}  {rule.summary}\n" for rule in rules.all())


def _advice(name: str) -> str:
    names = [rule.name for rule in rules.all()]
    near = difflib.get_close_matches(name, names, 1)
    return f"there is no rule {name!r}; " + (f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}")
