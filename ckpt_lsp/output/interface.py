"""What every output format gets and gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ckpt_lsp.types import FileProblem, Finding, Loads, Raises, SiteReport, Skipped, Unresolved, Verdict

STATUSES = ("loads", "raises", "unresolved", "skipped")
_STATUS = {Loads: "loads", Raises: "raises", Unresolved: "unresolved", Skipped: "skipped"}


@dataclass(frozen=True)
class Run:
    """One `check` from beginning to end."""

    reports: tuple[SiteReport, ...]
    problems: tuple[FileProblem, ...]
    """Files that could not be looked at."""
    texts: Mapping[Path, str]
    """The text that was checked, of each file with a report."""
    cwd: Path
    """Working directory of the command, which paths are shown relative to."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Those to be shown, each once, in the order of the reports: sites under several scenarios may share one."""
        return tuple(dict.fromkeys(f for report in self.reports for f in report.findings if not f.silent))

    def counts(self) -> dict[str, int]:
        """Entries by status, every status present."""
        found = Counter(status(report.verdict) for report in self.reports)
        return {name: found[name] for name in STATUSES}

    def shown(self, path: Path) -> str:
        """`path` relative to the working directory where it lies below it, with forward slashes."""
        try:
            return path.relative_to(self.cwd).as_posix()
        except ValueError:
            return path.as_posix()


class Format(Protocol):
    """One way to write down a run."""

    def __call__(self, run: Run) -> None:
        """Writes to standard output."""


def status(verdict: Verdict) -> str:
    """The contract's word for a verdict."""
    return _STATUS[type(verdict)]


def lines_of(text: str) -> list[str]:
    """Lines as Python counts them, without their ends: form feed and U+2028 end none."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
