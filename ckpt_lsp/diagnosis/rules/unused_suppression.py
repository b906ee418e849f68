"""unused-suppression."""

from ...types import Severity
from .rule import Rule

UNUSED_SUPPRESSION = Rule(
    name="unused-suppression",
    severity=Severity.INFORMATION,
    summary="A `# ckpt-lsp: ignore` comment suppresses nothing.",
    why="It outlived what it was written for, and would hide the next finding on its line.",
    fix="Delete the comment, or the one rule of it that is not found.",
)
