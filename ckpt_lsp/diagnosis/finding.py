"""The usual finding: on the whole call, as severe as its rule."""

from __future__ import annotations

from ..types import Finding, Fix, Related, Severity
from .case import Case
from .rules import Rule


def finding(
    case: Case,
    rule: Rule,
    message: str,
    severity: Severity | None = None,
    related: tuple[Related, ...] = (),
    fixes: tuple[Fix, ...] = (),
) -> Finding:
    site = case.report.site
    return Finding(rule.name, severity or rule.severity, site.path, site.span, message, related, fixes)
