"""Whether the checkpoints of open documents have changed: asked of the disk itself.

Clients watch files for a server, but not outside the workspace, and Neovim on Linux not at all; checkpoints
are few and often lie elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ckpt_lsp.types import SiteReport, Unresolved

State = tuple[int, int, int] | None
"""What tells one content from the next, without reading it; None: no such file."""


class Checkpoints:
    """The states in which the checkpoints of each document were last seen."""

    def __init__(self) -> None:
        self._seen: dict[str, dict[Path, State]] = {}

    def note(self, uri: str, reports: Iterable[SiteReport]) -> None:
        """What the document depends on from now on, as it is now."""
        self._seen[uri] = {path: _state(path) for report in reports for path in _files(report)}

    def forget(self, uri: str) -> None:
        self._seen.pop(uri, None)

    def changed(self) -> list[str]:
        """The documents of which a checkpoint is no longer as it was seen."""
        seen = tuple(self._seen.items())
        return [uri for uri, states in seen if any(_state(path) != state for path, state in states.items())]


def _files(report: SiteReport) -> list[Path]:
    """The checkpoint of a report; also the one that is not there, for it may come."""
    files = [report.checkpoint] if report.checkpoint else []
    if isinstance(report.verdict, Unresolved) and report.verdict.checkpoint_not_found:
        files.append(report.scenario.cwd / report.verdict.checkpoint_not_found)
    return files


def _state(path: Path) -> State:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
