"""`bad-hint`: a comment that says something to ckpt-lsp which is not followed."""

from __future__ import annotations

from pathlib import Path

from ..types import Finding, Span
from . import rules


def bad_hint(path: Path, span: Span, problem: str) -> Finding:
    rule = rules.BAD_HINT
    return Finding(rule.name, rule.severity, path, span, f"this hint is not followed: {problem}")
