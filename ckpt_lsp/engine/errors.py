"""Why a document cannot be checked."""

from __future__ import annotations

from ..types import FileProblem


class EngineUnavailable(Exception):
    """Nothing can be dry-run: no interpreter with torch, no sandbox.  The message names the next step."""


class SourceError(Exception):
    """The document does not parse."""

    def __init__(self, problem: FileProblem) -> None:
        super().__init__(problem.message)
        self.problem = problem
