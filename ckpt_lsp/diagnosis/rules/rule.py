"""What a rule is."""

from __future__ import annotations

from dataclasses import dataclass

from ...types import Severity


@dataclass(frozen=True)
class Rule:
    """One thing that can be wrong with a load site, and all that is to be said of it."""

    name: str
    """Kebab-case; what torch would do, or what is wrong with the file."""
    severity: Severity
    """Where nothing lessens it."""
    summary: str
    """One line."""
    why: str
    fix: str
    """What to do about it, in words."""
    given: str = ""
    """A program that makes what the examples load; run before each of them in the tests."""
    broken: str = ""
    fixed: str = ""

    @property
    def doc(self) -> str:
        """Markdown: what `ckpt-lsp rule NAME` prints."""
        parts = [f"# {self.name} ({self.severity.value})", self.summary, "## Why", self.why]
        if self.broken:
            parts += ["## Example", _code(self.given + self.broken), "Instead:", _code(self.fixed)]
        return "\n\n".join([*parts, "## What to do", self.fix]) + "\n"


def _code(text: str) -> str:
    return f"```python\n{text.strip()}\n```"
