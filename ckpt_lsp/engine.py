"""From one document to reports on its load sites: the only thing that the server and the command line both call.

Per load site: slice, then one dry run per scenario until one of them decides, then diagnosis while the worker's
child still holds model and state dict, so that fixes can be proven.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from .config import Settings
from .diagnosis import Case, diagnose
from .project.cache import Asked, Results, forgotten
from .project.commands import Command, commands
from .project.interpreter import Interpreter, InterpreterNotFound, find_interpreter
from .project.modules import Modules
from .sandbox import Description, Unavailable, View, WorkerPool, WorkerUnavailable, choose
from .source import scenarios, sites
from .source.effects import Effects
from .source.programs import NoProgram, Program, programs
from .source.scenarios import CommandLine
from .source.tree import Module, parse
from .types import (
    Comparison,
    Document,
    Entry,
    FileProblem,
    Loads,
    LoadSite,
    Mismatch,
    Raised,
    Raises,
    Scenario,
    SiteReport,
    Skipped,
    Span,
    Unresolved,
    Verdict,
)
from .worker.protocol import Answer, DryRunJob, DryRunResult, Place, Question

log = logging.getLogger(__name__)

MOST_COMMANDS = 5
"""How many written commands of one script are tried."""

COMMANDS_STAY = 10.0
"""Seconds for which the commands found in the workspace are taken to be still the same."""

MOST_FLAGS = 3
"""How many options may be set one after the other to come past guards."""


class EngineUnavailable(Exception):
    """Nothing can be dry-run: no interpreter with torch, no sandbox.  The message names the next step."""


class SourceError(Exception):
    """The document does not parse."""

    def __init__(self, problem: FileProblem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def never() -> bool:
    """For callers that do not cancel."""
    return False


@dataclass(frozen=True)
class _Place:
    """Where a scenario starts the script."""

    cwd: Path
    module: str | None = None
    """Dotted name, for `python -m`."""


class Engine:
    """Checks documents of one workspace.  Thread-safe; workers start when they are first needed."""

    def __init__(self, root: Path, settings: Settings) -> None:
        self._root = root
        self._settings = settings
        self._pool: WorkerPool | None = None
        self.results = Results()
        self._commands: tuple[Command, ...] | None = None
        self._commands_at = 0.0
        self._rungs: dict[tuple[Path, str], str] = {}

    def check(
        self, document: Document, overlay: Mapping[Path, str] | None = None, cancelled: Callable[[], bool] = never
    ) -> tuple[SiteReport, ...]:
        """Reports in the order of the text.  Raises SourceError and EngineUnavailable."""
        if sites.WORD.decode() not in document.text:
            return ()
        module = _parsed(document)
        found = sites.find(module)
        if not found:
            return ()
        buffers = {**(overlay or {}), document.path: document.text}
        modules = Modules(self._root, buffers, (self._root, *_source_folders(self._root)))
        modules.adopt(module)
        effects = Effects(modules.resolve)
        reports: list[SiteReport] = []
        for site in found:
            if cancelled():
                break
            ways = programs(module, effects, site, modules.importers)
            reports += _Check(self, module, site.site, buffers, modules, cancelled).reports(ways)
        return tuple(reports)

    def close(self) -> None:
        """Ends all workers."""
        if self._pool is not None:
            self._pool.close()

    @property
    def root(self) -> Path:
        return self._root

    @property
    def settings(self) -> Settings:
        return self._settings

    def pool(self) -> WorkerPool:
        """Raises EngineUnavailable."""
        if self._pool is None:
            self._pool = _pool(self._root, self._settings)
        return self._pool

    def commands(self, script: Path) -> list[Command]:
        """The commands written in the workspace that start `script`, each command line once."""
        now = time.monotonic()
        if self._commands is None or now - self._commands_at > COMMANDS_STAY:
            self._commands, self._commands_at = commands(self._root), now
        own = [command for command in self._commands if command.script == script]
        return list({(c.argv, c.cwd, c.module): c for c in reversed(own)}.values())[::-1]

    def rung(self, path: Path, argument: str) -> str:
        """The rung on which this site's model could be built last time."""
        return self._rungs.get((path, argument), "meta")

    def remember_rung(self, path: Path, argument: str, rung: str) -> None:
        self._rungs[(path, argument)] = rung


def describe(root: Path, settings: Settings) -> Description:
    """What a check would use: interpreter, torch, sandbox, readable paths.  Raises EngineUnavailable."""
    engine = Engine(root, settings)
    try:
        return engine.pool().describe()
    except WorkerUnavailable as error:
        raise EngineUnavailable(str(error)) from None
    finally:
        engine.close()


def _pool(root: Path, settings: Settings) -> WorkerPool:
    if not settings.trusted:
        raise EngineUnavailable("the workspace is not trusted, so nothing of it is executed; trust it in the editor")
    mechanism = choose(settings.sandbox)
    if isinstance(mechanism, Unavailable):
        raise EngineUnavailable(mechanism.reason)
    try:
        python: Interpreter = find_interpreter(root, settings.python, settings.python_source)
    except InterpreterNotFound as error:
        raise EngineUnavailable(str(error)) from None
    return WorkerPool(python.path, root, View.of(root, settings.checkpoint_roots), mechanism)


def _parsed(document: Document) -> Module:
    try:
        return parse(document.path, document.text)
    except SyntaxError as error:
        line, column = error.lineno or 1, error.offset or 1
        span = Span(line, column, line, column + 1)
        text = f"line {line}: syntax error: {error.msg}; load sites are checked again once it parses"
        raise SourceError(FileProblem(document.path, text, span)) from None
    except RecursionError:
        text = "nested too deeply to be parsed; split its longest expression"
        raise SourceError(FileProblem(document.path, text)) from None


class _Check:
    """All scenarios of one load site."""

    def __init__(
        self,
        engine: Engine,
        module: Module,
        site: LoadSite,
        buffers: Mapping[Path, str],
        modules: Modules,
        cancelled: Callable[[], bool],
    ) -> None:
        self._engine = engine
        self._module = module
        self._site = site
        self._buffers = buffers
        self._modules = modules
        self._cancelled = cancelled

    def reports(self, ways: list[Program] | NoProgram) -> list[SiteReport]:
        """One per program and scenario that says something of its own."""
        if isinstance(ways, NoProgram):
            scenario = Scenario("defaults", (), self._site.path.parent)
            return [self._diagnosed(SiteReport(self._site, scenario, Unresolved(ways.reason)), None)]
        found: list[SiteReport] = []
        for program in ways:
            if not self._cancelled():
                found += self._of_program(program)
        return _worth_telling(found)

    def _of_program(self, program: Program) -> list[SiteReport]:
        """As the project says it is started; if no such command decides, without arguments."""
        found: list[SiteReport] = []
        for command in self._engine.commands(program.script.path)[:MOST_COMMANDS]:
            line = CommandLine(command.argv, command.source)
            report, _ = self._in_all_worlds(program, line, _Place(command.cwd, command.module))
            found.append(report)
        if not any(_decides(report) for report in found):
            found.append(self._by_default(program))
        return found

    def _by_default(self, program: Program) -> SiteReport:
        """Started without arguments; where a guard turns it away, with the option that opens the guard."""
        line = scenarios.defaults(program.script)
        report, result = self._anywhere(program, line)
        for _ in range(MOST_FLAGS):
            if result.guard is None:
                break
            flagged = scenarios.flag_for(program.script, result.guard, result.guard_wanted, line.argv)
            if flagged is None:
                break
            line = flagged
            report, result = self._anywhere(program, line)
        return report

    # -- working directories -----------------------------------------------------------------------------------

    def _places(self, script: Module) -> list[_Place]:
        folder, root = script.path.parent, self._engine.root
        if root in script.path.parents and any(i.level for i in script.imports.values()):
            # Relative imports only work as `python -m package.file`.
            relative = script.path.relative_to(root).with_suffix("")
            return [_Place(root, ".".join(relative.parts)), _Place(folder)]
        return [_Place(folder)] + ([_Place(root)] if folder != root else [])

    def _anywhere(self, program: Program, line: CommandLine) -> tuple[SiteReport, DryRunResult]:
        """The first working directory that decides; the first at all where none does."""
        tried: list[tuple[SiteReport, DryRunResult]] = []
        for place in self._places(program.script):
            tried.append(self._in_all_worlds(program, line, place))
            if tried[-1][1].status in ("loads", "raises") or self._cancelled():
                return tried[-1]
        return next((t for t in tried if t[1].status == "skipped"), tried[0])

    # -- worlds ------------------------------------------------------------------------------------------------

    def _in_all_worlds(self, program: Program, line: CommandLine, place: _Place) -> tuple[SiteReport, DryRunResult]:
        """This machine's world; another number of GPUs is tried where the code asked for it."""
        here = _gpus()
        report, result = self._dry_run(program, line, place, here)
        if result.status not in ("loads", "raises") or not result.asked_cuda:
            return report, result
        others = [n for n in ((0, 1, 2) if result.asked_count else (0, 1)) if n != here]
        for gpus in others:
            other, _ = self._dry_run(program, line, place, gpus)
            if isinstance(other.verdict, (Loads, Raises)) and type(other.verdict) is not type(report.verdict):
                return _only_here(report, other, here, gpus), result
        return report, result

    # -- one dry run -------------------------------------------------------------------------------------------

    def _dry_run(
        self, program: Program, line: CommandLine, place: _Place, gpus: int
    ) -> tuple[SiteReport, DryRunResult]:
        path, argument = self._site.path, self._site.argument
        source = line.source if program.caller is None else f"{program.caller}, {line.source}"
        scenario = Scenario(source, line.argv, place.cwd)
        rung: str | None = self._engine.rung(path, argument)
        while True:
            job = self._job(program, line, place, gpus, rung or "meta")
            with self._running(job) as run:
                rung = run.result.try_rung
                if rung is None or self._cancelled():
                    self._engine.remember_rung(path, argument, job.rung)
                    return self._report(scenario, run), run.result

    @contextmanager
    def _running(self, job: DryRunJob) -> Iterator[Asked]:
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

    def _job(self, program: Program, line: CommandLine, place: _Place, gpus: int, rung: str) -> DryRunJob:
        path, root = program.script.path, self._engine.root
        search = list(dict.fromkeys(map(str, (path.parent, place.cwd, root, *_source_folders(root)))))
        buffers = {**self._buffers, **{part.path: part.text for part in program.imported}}
        return DryRunJob(
            path=str(path),
            source=program.slice.text,
            site=_place(self._site.path, self._site.span),
            anchors=[_place(where, span) for where, span in program.anchors],
            cwd=str(place.cwd),
            argv=list(line.argv),
            sys_path=search,
            root=str(root),
            overlay={str(where): text for where, text in buffers.items() if where != path},
            module=place.module,
            preload=sorted(self._modules.imported_packages()),
            gpus=gpus,
            rung=rung,
            saved_before=program.writes,
            limits=self._engine.settings.limits,
        )

    def _report(self, scenario: Scenario, run: Asked) -> SiteReport:
        result = run.result
        report = SiteReport(
            self._site,
            scenario,
            _verdict(result),
            model=result.model,
            checkpoint=Path(result.checkpoint) if result.checkpoint else None,
            strict=result.strict,
            model_entries=_entries(result.model_entries),
            checkpoint_entries=_entries(result.checkpoint_entries),
        )
        return self._diagnosed(report, run)

    def _diagnosed(self, report: SiteReport, run: Asked | None) -> SiteReport:
        case = Case(report, self._module.text, run.ask if run is not None else None, self._engine.root)
        return replace(report, findings=diagnose(case))


def _decides(report: SiteReport) -> bool:
    return isinstance(report.verdict, (Loads, Raises))


def _worth_telling(reports: list[SiteReport]) -> list[SiteReport]:
    """Decided ones, each outcome once; where nothing is decided, the first that says the most."""
    decided: list[SiteReport] = []
    for report in reports:
        if _decides(report) and not any(_same(report, other) for other in decided):
            decided.append(report)
    unresolved = [r for r in reports if isinstance(r.verdict, Unresolved)]
    return decided or unresolved[:1] or reports[:1]


def _same(one: SiteReport, other: SiteReport) -> bool:
    return (one.verdict, one.checkpoint, one.model) == (other.verdict, other.checkpoint, other.model)


def _gpus() -> int:
    """How many CUDA devices this machine has."""
    return len(list(Path("/dev").glob("nvidia[0-9]*")))


def _source_folders(root: Path) -> list[Path]:
    """Folders that an editable install would put on the path."""
    return [folder for folder in (root / "src",) if folder.is_dir()]


def _only_here(report: SiteReport, other: SiteReport, here: int, there: int) -> SiteReport:
    """The verdict is true of this machine only: said, and graded down."""
    from .diagnosis import elsewhere

    return replace(report, findings=elsewhere(report, other, here, there))


def _place(path: Path, span: Span) -> Place:
    return Place(str(path), span.line, span.column, span.end_line, span.end_column)


def _entries(rows: list[list[object]]) -> tuple[Entry, ...]:
    return tuple(Entry(str(key), None if shape is None else tuple(shape)) for key, shape in rows)  # type: ignore[arg-type]


def _verdict(result: DryRunResult) -> Verdict:
    comparison = Comparison(
        tuple(result.missing),
        tuple(result.unexpected),
        tuple(Mismatch(key, tuple(given), tuple(own)) for key, given, own in result.mismatched),
    )
    at = _span(result.at)
    if result.status == "loads":
        return Loads(comparison)
    if result.status == "raises":
        error = Raised(result.error_type or "Exception", result.error_message or "")
        return Raises(error, comparison, at, result.handled, tuple(result.rejected_globals))
    if result.status == "skipped":
        return Skipped(result.reason or "nothing to judge")
    return Unresolved(result.reason or "the dry run gave no result", result.checkpoint_not_found, at)


def _span(place: Place | None) -> Span | None:
    return None if place is None else Span(place.line, place.column, place.end_line, place.end_column)
