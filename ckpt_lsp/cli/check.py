"""`ckpt-lsp check`: from paths to what was found below them, one engine per project."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ckpt_lsp.cli.projects import Project, Unusable, absolute, projects
from ckpt_lsp.output.interface import Run
from ckpt_lsp.project.index import read_text
from ckpt_lsp.types import Document, FileProblem, Severity, SiteReport, Span

if TYPE_CHECKING:
    from ckpt_lsp.engine import Engine

__all__ = ["Outcome", "Unusable", "check_paths"]

_GRAVITY = (Severity.HINT, Severity.INFORMATION, Severity.WARNING, Severity.ERROR)
_NOT_FOUND = "checkpoint-not-found"


@dataclass(frozen=True)
class Outcome:
    run: Run
    failing: bool
    """There is a finding at or above its project's failing severity."""
    incomplete: bool
    """A file that was named on the command line could not be checked, or a lock could not be read."""


@dataclass
class _Checked:
    """A project, and what came of it."""

    project: Project
    locked: bool
    """A call that has neither its checkpoint nor a record of it is an error."""
    reports: list[SiteReport] = field(default_factory=list)
    bad_lock: FileProblem | None = None

    def check(self) -> None:
        """Raises Unusable."""
        if not self.project.documents:
            return
        from ckpt_lsp.engine import Engine, EngineUnavailable

        settings = self.project.settings
        if self.locked:
            settings = replace(settings, severity={**settings.severity, _NOT_FOUND: Severity.ERROR})
        try:
            with closing(Engine(self.project.root, settings)) as engine:
                self._look_at_lock(engine)
                for document in self.project.documents.values():
                    self._check_one(engine, document)
        except EngineUnavailable as error:
            raise Unusable(str(error)) from None

    def _look_at_lock(self, engine: Engine) -> None:
        from ckpt_lsp.project.lock import LockError

        try:
            engine.locked.file.read()
        except LockError as error:
            message = f"{error.cause}; {error.next_step}"
            span = Span(error.line, 1, error.line, 2)
            self.bad_lock = FileProblem(engine.locked.file.path, f"line {error.line} {message}", span)

    def _check_one(self, engine: Engine, document: Document) -> None:
        from ckpt_lsp.engine import SourceError

        try:
            found = engine.check(document)
        except SourceError as error:
            self.project.problems[document.path] = error.problem
        else:
            self.reports += map(_with_lock_named, found) if self.locked else found

    def problems(self) -> Iterator[FileProblem]:
        yield from self.project.problems.values()
        if self.bad_lock is not None:
            yield self.bad_lock

    def failing(self) -> bool:
        least = _GRAVITY.index(self.project.settings.fail_on)
        findings = (finding for report in self.reports for finding in report.findings if not finding.silent)
        return any(_GRAVITY.index(finding.severity) >= least for finding in findings)


def _with_lock_named(report: SiteReport) -> SiteReport:
    """What `--locked` finds says what to do about it."""
    told = "\nckpt-lsp.lock has no record of it; run `ckpt-lsp lock` where the file is"
    findings = (replace(f, message=f.message + told) if f.rule == _NOT_FOUND else f for f in report.findings)
    return replace(report, findings=tuple(findings))


def check_paths(
    paths: Sequence[Path], flags: Mapping[str, Any], locked: bool = False, only_affected: bool = False
) -> Outcome:
    """Checks every path in the order given, or all that a change of them concerns.  Raises ConfigError and Unusable."""
    named = [absolute(path) for path in paths]
    checked = [_Checked(project, locked) for project in projects(named, flags, only_affected)]
    for one in checked:
        one.check()
    return _outcome(checked, named)


def _changed_by_fixes(reports: Iterable[SiteReport]) -> dict[Path, str]:
    """Texts of the files that fixes would change; many are none of those that were checked."""
    fixes = (fix for report in reports for finding in report.findings for fix in finding.fixes)
    paths = {edit.path for fix in fixes for edit in fix.edits}
    return {path: text for path in paths if (text := read_text(path)) is not None}


def _outcome(checked: Collection[_Checked], named: Sequence[Path]) -> Outcome:
    problems = tuple(problem for one in checked for problem in one.problems())
    reports = tuple(report for one in checked for report in one.reports)
    texts = {path: d.text for one in checked for path, d in one.project.documents.items()}
    texts = {**_changed_by_fixes(reports), **texts}
    return Outcome(
        Run(reports, problems, texts, Path.cwd()),
        failing=any(one.failing() for one in checked),
        incomplete=any(one.bad_lock or any(path in one.project.problems for path in named) for one in checked),
    )
