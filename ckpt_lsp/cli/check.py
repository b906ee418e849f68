"""`ckpt-lsp check`: from paths to what was found below them, one engine per project."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ckpt_lsp.config import Settings, load_settings
from ckpt_lsp.output.interface import Run
from ckpt_lsp.project.files import python_files, read, workspace_root
from ckpt_lsp.types import Document, FileProblem, Severity, SiteReport

if TYPE_CHECKING:
    from ckpt_lsp.engine import Engine

_GRAVITY = (Severity.HINT, Severity.INFORMATION, Severity.WARNING, Severity.ERROR)


class Unusable(Exception):
    """Nothing can be checked: no interpreter, no torch in it.  The message names the next step."""


@dataclass(frozen=True)
class Outcome:
    run: Run
    failing: bool
    """There is a finding at or above its project's failing severity."""
    incomplete: bool
    """A file that was named on the command line could not be checked."""


@dataclass
class _Project:
    """What is to be checked below one workspace root, and what came of it."""

    root: Path
    settings: Settings
    documents: dict[Path, Document] = field(default_factory=dict)
    problems: dict[Path, FileProblem] = field(default_factory=dict)
    reports: list[SiteReport] = field(default_factory=list)

    def add(self, path: Path) -> None:
        for file in python_files(path, self.root, self.settings.exclude):
            found = read(file)
            if isinstance(found, FileProblem):
                self.problems[file] = found
            elif found is not None:
                self.documents[file] = found

    def check(self) -> None:
        """Raises Unusable."""
        if not self.documents:
            return
        from ckpt_lsp.engine import Engine, EngineUnavailable

        try:
            with closing(Engine(self.root, self.settings)) as engine:
                for document in self.documents.values():
                    self._check_one(engine, document)
        except EngineUnavailable as error:
            raise Unusable(str(error)) from None

    def _check_one(self, engine: Engine, document: Document) -> None:
        from ckpt_lsp.engine import SourceError

        try:
            self.reports += engine.check(document)
        except SourceError as error:
            self.problems[document.path] = error.problem

    def failing(self) -> bool:
        least = _GRAVITY.index(self.settings.fail_on)
        findings = (finding for report in self.reports for finding in report.findings if not finding.silent)
        return any(_GRAVITY.index(finding.severity) >= least for finding in findings)


def check_paths(paths: Sequence[Path], flags: Mapping[str, Any]) -> Outcome:
    """Checks every path in the order given.  Raises ConfigError and Unusable."""
    named = [_absolute(path) for path in paths]
    projects: dict[Path, _Project] = {}
    for path in named:
        root = workspace_root(path)
        if root not in projects:
            projects[root] = _Project(root, load_settings(root, flags=flags))
        projects[root].add(path)
    for project in projects.values():
        project.check()
    return _outcome(projects.values(), named)


def _outcome(projects: Collection[_Project], named: Sequence[Path]) -> Outcome:
    problems = {path: problem for project in projects for path, problem in project.problems.items()}
    reports = tuple(report for project in projects for report in project.reports)
    texts = {path: d.text for project in projects for path, d in project.documents.items()}
    return Outcome(
        Run(reports, tuple(problems.values()), texts, Path.cwd()),
        failing=any(project.failing() for project in projects),
        incomplete=any(path in problems for path in named),
    )


def _absolute(path: Path) -> Path:
    """Without following symbolic links: a path is shown as it was given."""
    return Path(os.path.abspath(path))  # noqa: PTH100
