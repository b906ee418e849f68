"""The files in which an edit may be made, parsed: the document of the call first, then what its program rests on."""

from __future__ import annotations

from ..source.tree import Module, parse
from .case import Case


def modules(case: Case) -> list[Module]:
    """Each once; the document is left out where it does not parse."""
    own = case.report.site.path
    try:
        found = [parse(own, case.text)]
    except (SyntaxError, RecursionError):
        found = []
    return found + [module for module in case.sources().modules if module.path != own]
