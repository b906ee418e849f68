"""What is said where a checkpoint is at hand and the lock says something else of it."""

from __future__ import annotations

from ..types import Finding, SiteReport
from .rules.lock_outdated import LOCK_OUTDATED


def outdated(report: SiteReport, difference: str) -> Finding:
    """`difference` is a clause: "2 keys more"."""
    name = report.checkpoint.name if report.checkpoint else "the checkpoint"
    message = f"{name} is not what ckpt-lsp.lock says: {difference}; run `ckpt-lsp lock`"
    return Finding(LOCK_OUTDATED.name, LOCK_OUTDATED.severity, report.site.path, report.site.span, message)
