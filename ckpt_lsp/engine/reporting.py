"""What is said of one load site: reports made of dry runs, diagnosed once it is clear that they are told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ..diagnosis import Case, diagnose
from ..diagnosis.places import placed
from ..project.cache import Asked
from ..project.modules import Modules
from ..project.weights import weights
from ..source.sites import FoundSite
from ..source.tree import Module
from ..types import Scenario, SiteReport, Skipped, Unresolved
from ..worker.protocol import Answer, DryRunResult, Question
from .origins import origins
from .sources import sources
from .trials import Trials
from .verdicts import checkpoint_source, entries, verdict
from .workspace import Workspace

MOST_NAMELESS = 4
"""Scenarios of a site that do not come to the call, for which it is tried to name the model all the same."""


class Reporting:
    """The reports on one site."""

    def __init__(
        self,
        engine: Workspace,
        module: Module,
        found: FoundSite,
        buffers: Mapping[Path, str],
        modules: Modules,
        trials: Trials | None,
    ) -> None:
        self._engine = engine
        self._module = module
        self._site = found.site
        self._copied = found.copied
        self._buffers = buffers
        self._modules = modules
        self._trials = trials
        self._undecided: list[tuple[SiteReport, DryRunResult]] = []

    @property
    def may_find_out(self) -> bool:
        """No undecided report names a model so far, and not many have failed to."""
        named = any(report.model is not None for report, _ in self._undecided)
        return not named and len(self._undecided) < MOST_NAMELESS

    def is_silent(self, reports: Sequence[SiteReport]) -> bool:
        """Nothing at all is said of the model."""
        silent = all(isinstance(report.verdict, Unresolved) and report.model is None for report in reports)
        return silent and self._copied is None

    def of_run(self, scenario: Scenario, run: Asked) -> SiteReport:
        result = run.result
        report = SiteReport(
            self._site,
            scenario,
            verdict(result),
            model=result.model,
            checkpoint=Path(result.checkpoint) if result.checkpoint else None,
            checkpoint_source=checkpoint_source(result),
            strict=result.strict,
            model_entries=entries(result.model_entries),
            checkpoint_entries=entries(result.checkpoint_entries),
            renamed=tuple((before, after) for before, after in result.renamed),
            origins=origins(result.origins, self._engine.root, self._modules),
            always_clean=result.always_clean and not result.asked_cuda,
        )
        if isinstance(report.verdict, Unresolved):
            # Diagnosed once it is clear that nothing else decides: what to load instead is found by trying.
            self._undecided.append((report, result))
            return report
        return self.diagnosed(report, run.ask, result.modules)

    def told(self, report: SiteReport, out_of_time: bool) -> SiteReport:
        """With what an undecided report leaves unsaid."""
        verdict = report.verdict
        if not isinstance(verdict, Unresolved):
            return report
        modules = next((result.modules for other, result in self._undecided if other is report), ())
        if verdict.checkpoint_not_found is not None:
            return self.diagnosed(report, None, modules)
        if self._copied is not None:
            return replace(
                report, verdict=Skipped(f"copies the state of `{self._copied}`; no file is loaded"), findings=()
            )
        if not out_of_time:
            return self.diagnosed(report, None, modules)
        reason = f"{verdict.reason} (other ways to start it were not tried for want of time)"
        return self.diagnosed(replace(report, verdict=replace(verdict, reason=reason)), None, modules)

    def diagnosed(
        self, report: SiteReport, ask: Callable[[Question], Answer] | None, modules: Sequence[str]
    ) -> SiteReport:
        trials = self._trials
        case = Case(
            report,
            self._module.text,
            ask,
            self._engine.root,
            None if trials is None else lambda text, others: trials.report(text, others, report.scenario),
            lambda: self._weights(report),
            lambda: sources(self._modules, self._module, modules, self._buffers),
            self._engine.contents.inside(),
        )
        found = (*placed(diagnose(case), report), *self._engine.locked.findings(report))
        return replace(report, findings=self._engine.settings.graded(found))

    def _weights(self, report: SiteReport) -> tuple[Path, ...]:
        """The checkpoint files of the workspace, with those of the folder in which one is missing."""
        verdict, found = report.verdict, self._engine.weights()
        if not isinstance(verdict, Unresolved) or verdict.checkpoint_not_found is None:
            return found
        beside = weights((report.scenario.cwd / verdict.checkpoint_not_found).parent, deepest=0)
        return (*found, *(file for file in beside if file not in found))
