"""All programs and scenarios of one load site, dry-run one after the other until one decides."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..diagnosis import elsewhere
from ..project.cache import Asked, forgotten
from ..project.commands import LAUNCHED
from ..project.modules import Modules
from ..sandbox import WorkerUnavailable
from ..source import scenarios
from ..source.hints import Hints
from ..source.programs import NoProgram, Program
from ..source.scenarios import CommandLine
from ..source.sites import FoundSite
from ..source.tree import Module
from ..types import Loads, Raises, Scenario, SiteReport, Unresolved
from ..worker.protocol import OVERRUN, Answer, DryRunJob, DryRunResult, Question
from .errors import EngineUnavailable
from .reporting import Reporting
from .trials import Trials
from .verdicts import place
from .weighing import decides, named_by, of_all_programs, of_one_program, only_with_gpus, silence
from .workspace import Workspace

SECONDS_PER_SITE = 45.0
"""After which no further way to start a program is tried; the dry run under way has its own limit."""

MOST_OVERRUNS = 2
"""Dry runs of a site that may come to their own limit."""

MOST_FLAGS = 3
"""How many options may be set one after the other to come past guards."""


@dataclass(frozen=True)
class Start:
    """Where a scenario starts the script."""

    cwd: Path
    module: str | None = None
    """Dotted name, for `python -m`."""
    checkpoint: Path | None = None
    """Loaded where the program's own path is unknown."""
    env: Mapping[str, str] = field(default_factory=dict)
    cwd_hinted: bool = False
    """A hint names the folder."""


class SiteCheck:
    """All scenarios of one load site."""

    def __init__(
        self,
        engine: Workspace,
        module: Module,
        found: FoundSite,
        buffers: Mapping[Path, str],
        modules: Modules,
        cancelled: Callable[[], bool],
        hints: Hints,
        trials: Trials | None = None,
    ) -> None:
        self._engine = engine
        self._module = module
        self._site = found.site
        self._buffers = buffers
        self._modules = modules
        self._cancelled = cancelled
        self._hints = hints
        self._reporting = Reporting(engine, module, found, buffers, modules, trials)
        self._until: float | None = None
        self._out_of_time = False
        self._overran = 0

    def reports(
        self, ways: list[Program] | NoProgram, substitutes: Callable[[], list[Program]] = list
    ) -> list[SiteReport]:
        """One per program and scenario that says something of its own.

        `substitutes` are run where these say nothing at all of the model."""
        if isinstance(ways, NoProgram):
            scenario = Scenario("defaults", (), self._site.path.parent)
            return [self._reporting.diagnosed(SiteReport(self._site, scenario, Unresolved(ways.reason)), None, ())]
        groups: list[list[SiteReport]] = []
        for program in ways:
            if not groups or not self._enough():
                groups.append(self._of_program(program))
        told = of_all_programs(groups)
        if self._reporting.is_silent(told):
            told = [named_by(told[0], self._substituted(substitutes))]
        return [self._reporting.told(report, self._out_of_time) for report in told]

    def _substituted(self, substitutes: Callable[[], list[Program]]) -> SiteReport | None:
        """The first that names a model."""
        for program in [] if self._enough() else substitutes():
            report = self._by_default(program)
            if report.model is not None:
                return report
            if self._enough():
                break
        return None

    def _enough(self) -> bool:
        """Whether to stop trying: nobody waits any more, or for too long already.

        The time runs from when the first try is over: that one may have waited for torch."""
        now = time.monotonic()
        self._until = self._until or now + SECONDS_PER_SITE
        self._out_of_time = self._out_of_time or now > self._until or self._overran >= MOST_OVERRUNS
        return self._out_of_time or self._cancelled()

    def _of_program(self, program: Program) -> list[SiteReport]:
        """As the user says it is started; else as it was, or the project says it is; if that decides nothing,
        without arguments."""
        said = self._as_the_user_says(program)
        if said:
            return said
        found: list[SiteReport] = []
        for command in self._engine.commands(program.script.path):
            if found and self._enough():
                break
            line = CommandLine(command.argv, command.source)
            report, _ = self._in_all_worlds(program, line, Start(command.cwd, command.module, env=dict(command.env)))
            found.append(report)
        if not any(decides(report) for report in found) and not self._cancelled():
            found.append(self._by_default(program))
        return of_one_program(found)

    def _as_the_user_says(self, program: Program) -> list[SiteReport]:
        """By the hint's arguments, else by the scenarios of pyproject.toml."""
        if self._hints.argv is not None:
            line = CommandLine(self._hints.argv, f"hint in line {self._hints.line}")
            return [self._anywhere(program, line)[0]]
        found: list[SiteReport] = []
        for number, own in enumerate(self._engine.settings.scenario, 1):
            if own.script == program.script.path:
                line = CommandLine(own.argv, f"pyproject.toml: scenario {number}")
                places = self._places(program.script) if own.cwd is None else [Start(own.cwd)]
                starts = [replace(start, checkpoint=own.checkpoint, env=own.env) for start in places]
                found.append(self._anywhere(program, line, starts)[0])
        return found

    def _hinted(self, start: Start, script: Path) -> Start:
        """With the hint's folder and checkpoint.  Both may be written as seen from the workspace or from the script;
        a checkpoint also as seen from where the script is started."""
        root = self._engine.root
        if self._hints.cwd is not None:
            folders = (base / self._hints.cwd for base in (root, script.parent))
            there = next((f for f in folders if f.is_dir()), None)
            start = start if there is None else replace(start, cwd=there, cwd_hinted=True)
        if self._hints.checkpoint is not None:
            files = [base / self._hints.checkpoint for base in (start.cwd, root, script.parent)]
            start = replace(start, checkpoint=next(filter(self._is_there, files), files[0]))
        return start

    def _is_there(self, checkpoint: Path) -> bool:
        return checkpoint.exists() or self._engine.locked.holds(checkpoint)

    def _by_default(self, program: Program) -> SiteReport:
        """Started without arguments; where a guard turns it away, with the option or argument that opens the guard."""
        line = scenarios.defaults(program.script)
        report, result = self._anywhere(program, line)
        if _LAUNCHERS.search(result.reason or ""):
            line = replace(line, source=f"{line.source}, started by torchrun")
            starts = [replace(start, env=dict(LAUNCHED)) for start in self._places(program.script)]
            report, result = self._anywhere(program, line, starts)
        for _ in range(MOST_FLAGS):
            if result.guard is None:
                break
            flagged = scenarios.flag_for(program.script, result.guard, result.guard_wanted, line.argv)
            opened = program.opened(result.guard, result.guard_wanted) if flagged is None else None
            if opened is not None:
                program, flagged = opened, CommandLine(line.argv, str(opened.call))
            if flagged is None:
                break
            line = flagged
            report, result = self._anywhere(program, line)
        return report

    # -- working directories -----------------------------------------------------------------------------------

    def _places(self, script: Module) -> list[Start]:
        folder, root = script.path.parent, self._engine.root
        if root in script.path.parents and any(i.level for i in script.imports.values()):
            # Relative imports only work as `python -m package.file`.
            relative = script.path.relative_to(root).with_suffix("")
            return [Start(root, ".".join(relative.parts)), Start(folder)]
        return [Start(folder)] + ([Start(root)] if folder != root else [])

    def _anywhere(
        self, program: Program, line: CommandLine, starts: Sequence[Start] = ()
    ) -> tuple[SiteReport, DryRunResult]:
        """The first working directory that decides; the first at all where none does."""
        tried: list[tuple[SiteReport, DryRunResult]] = []
        for start in starts or self._places(program.script):
            tried.append(self._in_all_worlds(program, line, start))
            if tried[-1][1].status in ("loads", "raises") or self._enough():
                return tried[-1]
        return next((t for t in tried if t[1].status == "skipped"), min(tried, key=lambda t: silence(t[0])))

    # -- worlds ------------------------------------------------------------------------------------------------

    def _in_all_worlds(self, program: Program, line: CommandLine, start: Start) -> tuple[SiteReport, DryRunResult]:
        """This machine's world; another number of GPUs is tried where the code asked for it."""
        here = _gpus()
        report, result = self._dry_run(program, line, start, here)
        if result.status == "skipped" and result.asked_cuda:
            return self._in_another_world(program, line, start, result) or (report, result)
        if result.status not in ("loads", "raises") or not result.asked_cuda:
            return report, result
        for gpus in _other_worlds(result, here):
            other, _ = self._dry_run(program, line, start, gpus)
            if isinstance(other.verdict, (Loads, Raises)) and type(other.verdict) is not type(report.verdict):
                return replace(report, findings=elsewhere(report, other, here, gpus)), result
        return report, result

    def _in_another_world(
        self, program: Program, line: CommandLine, start: Start, here: DryRunResult
    ) -> tuple[SiteReport, DryRunResult] | None:
        """`if torch.cuda.is_available(): model.load_state_dict(...)`, judged where there is a GPU."""
        for gpus in _other_worlds(here, _gpus()):
            report, result = self._dry_run(program, line, start, gpus)
            if decides(report):
                return only_with_gpus(report, gpus), result
        return None

    # -- one dry run -------------------------------------------------------------------------------------------

    def _dry_run(self, program: Program, line: CommandLine, start: Start, gpus: int) -> tuple[SiteReport, DryRunResult]:
        path, argument = self._site.path, self._site.argument
        start = self._hinted(start, program.script.path)
        source = line.source if program.caller is None else f"{program.caller}, {line.source}"
        scenario = Scenario(source, line.argv, start.cwd)
        rung: str | None = self._engine.rung(path, argument)
        while True:
            job = self._job(program, line, start, gpus, rung or "meta")
            with self._running(job) as run:
                rung = run.result.try_rung
                if rung is None or self._cancelled():
                    self._overran += OVERRUN in (run.result.reason or "")
                    self._engine.remember_rung(path, argument, job.rung)
                    scenario = replace(scenario, source=self._with_hints(source, start, run.result))
                    return self._reporting.of_run(scenario, run), run.result

    def _with_hints(self, source: str, start: Start, result: DryRunResult) -> str:
        """The scenario's source, with the hints that it follows."""
        parts, hints = [source], self._hints
        if start.cwd_hinted:
            parts.append(f"cwd of the hint in line {hints.cwd_line}")
        if hints.checkpoint is not None and result.checkpoint == str(start.checkpoint):
            parts.append(f"checkpoint of the hint in line {hints.checkpoint_line}")
        return ", ".join(parts)

    @contextmanager
    def _running(self, job: DryRunJob) -> Iterator[Asked]:
        """The job's run, with what it asks of the lock."""
        while True:
            job = self._engine.locked.told(job)
            with self._running_as_told(job) as run:
                if not self._engine.locked.gives(job, run.result):
                    yield run
                    return

    @contextmanager
    def _running_as_told(self, job: DryRunJob) -> Iterator[Asked]:
        """The job's run, or what an equal one showed."""
        results = self._engine.results
        known = results.get(job)
        if known is not None:
            yield Asked(known, lambda question: self._asked_anew(job, question))
            return
        try:
            with self._engine.pool().dry_run(job, self._cancelled) as run:
                fresh = results.put(job, run.result) if not self._cancelled() else forgotten(run.result)
                yield Asked(fresh, run.ask)
        except WorkerUnavailable as error:
            raise EngineUnavailable(str(error)) from None

    def _asked_anew(self, job: DryRunJob, question: Question) -> Answer:
        try:
            with self._engine.pool().dry_run(job, self._cancelled) as run:
                return run.ask(question)
        except WorkerUnavailable as error:
            return Answer(raises=False, error=str(error))

    def _job(self, program: Program, line: CommandLine, start: Start, gpus: int, rung: str) -> DryRunJob:
        path, root = program.script.path, self._engine.root
        search = list(dict.fromkeys(map(str, (path.parent, start.cwd, root, *source_folders(root)))))
        buffers = {**self._buffers, **{part.path: part.text for part in program.imported}}
        return DryRunJob(
            path=str(path),
            source=program.slice.text,
            site=place(self._site.path, self._site.span),
            anchors=[place(where, span) for where, span in program.anchors],
            cwd=str(start.cwd),
            argv=list(line.argv),
            sys_path=search,
            root=str(root),
            overlay={str(where): text for where, text in buffers.items() if where != path},
            module=start.module,
            preload=sorted(self._modules.imported_packages()),
            taken=self._engine.results.taken(),
            gpus=gpus,
            rung=rung,
            checkpoint=None if start.checkpoint is None else str(start.checkpoint),
            env=dict(start.env),
            indirect=program.indirect,
            once=program.once,
            saved_before=program.writes,
            excuses=self._engine.patience if self._reporting.may_find_out else 0.0,
            limits=self._engine.settings.limits,
        )


_LAUNCHERS = re.compile(r"KeyError: '(LOCAL_RANK|RANK|WORLD_SIZE|LOCAL_WORLD_SIZE|MASTER_ADDR|MASTER_PORT)'")
"""A program that stops for want of these variables is started by a launcher."""


def _other_worlds(result: DryRunResult, here: int) -> list[int]:
    """Numbers of GPUs, other than this machine's, that may give another verdict."""
    return [n for n in ((0, 1, 2) if result.asked_count else (0, 1)) if n != here]


def _gpus() -> int:
    """How many CUDA devices this machine has."""
    return len(list(Path("/dev").glob("nvidia[0-9]*")))


def source_folders(root: Path) -> list[Path]:
    """Folders that an editable install would put on the path."""
    return [folder for folder in (root / "src",) if folder.is_dir()]
