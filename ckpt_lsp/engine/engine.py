"""One workspace: its settings, its workers, what they showed; checks documents."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from ..config import Settings
from ..diagnosis import agreed, suppress
from ..project.cache import Results
from ..project.commands import Command, Reading, commands, left_open
from ..project.configurations import declared
from ..project.dependents import dependents
from ..project.files import excluded
from ..project.index import SourceIndex
from ..project.interpreter import Interpreter, InterpreterNotFound, find_interpreter
from ..project.modules import Modules
from ..project.runs import past_runs
from ..project.weights import weights
from ..sandbox import Description, Unavailable, View, WorkerPool, WorkerUnavailable, choose
from ..source import sites
from ..source.effects import Effects
from ..source.hints import hints
from ..source.notebooks import NotANotebook, Notebook
from ..source.notebooks import read as read_notebook
from ..source.programs import programs, substitutes
from ..source.tree import Module, parse
from ..types import Document, FileProblem, SiteReport, Span
from .cells import in_cells
from .contents import Contents
from .errors import EngineUnavailable, SourceError
from .hinting import with_bad_hints
from .locked import Locked
from .site import SiteCheck, source_folders
from .together import Joint, together
from .trials import Trials
from .untrusted import NEXT_STEP, NOTHING_RUNS, Untrusted

MOST_COMMANDS = 5
"""How many written commands of one script are tried."""

MOST_RUNS = 3
"""How many past runs of one script are tried before them."""

PATIENCE = 6.0

COMMANDS_STAY = 10.0
"""Seconds for which the commands found in the workspace are taken to be still the same."""

FILES_STAY = 5.0
"""Seconds for which the checkpoint files of the workspace are taken to be still the same."""


def never() -> bool:
    """For callers that do not cancel."""
    return False


class Engine:
    """Checks documents of one workspace.  Thread-safe; workers start when they are first needed."""

    def __init__(self, root: Path, settings: Settings, patience: float = PATIENCE) -> None:
        """`patience`: seconds of processor time, for each dry run that does not come to the call, to find out what
        would be loaded into what."""
        self.root = root
        self.patience = patience
        self.settings = settings
        self._lock = threading.Lock()
        self._closed = False
        self._pool: WorkerPool | None = None
        self.results = Results()
        self.contents = Contents()
        self.locked = Locked(root)
        self.tries_edits = True
        self._untrusted = Untrusted(root, settings)
        self._index = SourceIndex(root)
        self._commands: tuple[tuple[Command, ...], tuple[Command, ...]] | None = None
        self._commands_at = 0.0
        self._written = Reading()
        self._weights: tuple[Path, ...] | None = None
        self._weights_at = 0.0
        self._rungs: dict[tuple[Path, str], str] = {}

    def check(
        self, document: Document, overlay: Mapping[Path, str] | None = None, cancelled: Callable[[], bool] = never
    ) -> tuple[SiteReport, ...]:
        """Reports in the order of the text.  Raises SourceError and EngineUnavailable."""
        if not sites.may_stand_in(document.text):
            return ()
        if document.path.suffix != ".ipynb":
            return self._of_program(document, overlay or {}, cancelled)
        notebook = _notebook(document)
        program = Document(document.path, notebook.text)
        return tuple(in_cells(r, notebook) for r in self._of_program(program, overlay or {}, cancelled))

    def _of_program(
        self, document: Document, overlay: Mapping[Path, str], cancelled: Callable[[], bool]
    ) -> tuple[SiteReport, ...]:
        reports = agreed(list(self._reports(document, overlay, cancelled)))
        told = with_bad_hints(document, reports, self.root, self.settings)
        return suppress(document.path, document.text, told)

    def _reports(
        self, document: Document, overlay: Mapping[Path, str], cancelled: Callable[[], bool], only: int | None = None
    ) -> Iterator[SiteReport]:
        """Of all load sites, or of the one with this number; then no edits are tried."""
        module = _parsed(document)
        found = sites.find(module)
        if not self.settings.trusted:
            yield from (self._untrusted.report(module, site) for site in found)
            return
        if not found:
            return
        buffers = {**overlay, document.path: document.text}
        modules = self._modules(buffers)
        modules.adopt(module)
        effects = Effects(modules.resolve)
        found = sites.of_objects(module, found, modules.resolve)
        spans = tuple(site.site.span for site in found)
        for number, site in enumerate(found):
            if cancelled():
                return
            if only not in (None, number):
                continue
            trials = self._trials(document, overlay, cancelled, number) if only is None and self.tries_edits else None
            said = hints(module.text, site.site.span, spans)
            ways = programs(module, effects, site, modules.importers)
            check_site = SiteCheck(self, module, site, buffers, modules, cancelled, said, trials)
            yield from check_site.reports(ways, partial(substitutes, module, effects, site))

    def _trials(
        self, document: Document, overlay: Mapping[Path, str], cancelled: Callable[[], bool], number: int
    ) -> Trials:
        def check(text: str, others: Mapping[Path, str]) -> list[SiteReport]:
            buffers = {**overlay, **others}
            try:
                return list(self._reports(replace(document, text=text), buffers, cancelled, number))
            except SourceError:
                return []

        return Trials(check, cancelled)

    def weights(self) -> tuple[Path, ...]:
        """The checkpoint files of the workspace, then those of the other folders that may be read."""
        now = time.monotonic()
        if self._weights is None or now - self._weights_at > FILES_STAY:
            self._weights, self._weights_at = self._found_weights(), now
        return self._weights

    def _found_weights(self) -> tuple[Path, ...]:
        return tuple(file for folder in (self.root, *self.settings.checkpoint_roots) for file in weights(folder))

    def dependents(self, document: Document, overlay: Mapping[Path, str]) -> list[Path]:
        """Other files whose load sites may rest on this one: those whose programs did last time, then those whose
        programs import it.  Raises SourceError."""
        module, modules = _parsed(document), self._modules(overlay)
        modules.adopt(module)
        found = dict.fromkeys([*sorted(self.results.resting_on(module.path)), *dependents(modules, module)])
        exclude = self.settings.exclude
        return [file for file in found if file != module.path and not excluded(file, self.root, exclude)]

    def together(
        self,
        document: Document,
        reports: Sequence[SiteReport],
        overlay: Mapping[Path, str],
        cancelled: Callable[[], bool] = never,
    ) -> tuple[Joint, ...]:
        """Fixes of several load sites of a document as one, proven together.  `reports` are those of its check."""
        return together(document, reports, lambda after: self.check(after, overlay, cancelled))

    def files_changed(self, come_or_gone: bool) -> None:
        """Somebody has saved files, or has added or removed some: then programs may import others than before."""
        self._index.changed()
        if come_or_gone:
            self.results.clear()

    @property
    def remark(self) -> str | None:
        """What to tell the user once, besides reports."""
        return None if self.settings.trusted else f"{NOTHING_RUNS}; {NEXT_STEP}"

    def close(self) -> None:
        """Ends all workers."""
        with self._lock:
            self._closed = True
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.close()

    def _modules(self, buffers: Mapping[Path, str]) -> Modules:
        return Modules(self.root, buffers, (self.root, *source_folders(self.root)), self._index)

    def pool(self) -> WorkerPool:
        """Raises EngineUnavailable."""
        with self._lock:
            if self._closed:
                raise EngineUnavailable("the engine was closed")
            if self._pool is None:
                self._pool = _pool(self.root, self.settings)
            return self._pool

    def commands(self, script: Path) -> tuple[Command, ...]:
        """How `script` was started, then how the workspace says that it is, those first that leave least open; each
        command line once."""
        now = time.monotonic()
        if self._commands is None or now - self._commands_at > COMMANDS_STAY:
            written = (*commands(self.root, self._written), *declared(self.root))
            self._commands, self._commands_at = (past_runs(self.root), written), now
        runs, written = (_each_once(c for c in found if c.script == script) for found in self._commands)
        written = tuple(sorted(written, key=lambda command: left_open(command.argv)))
        return _each_once((*runs[:MOST_RUNS], *written[:MOST_COMMANDS]))

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
        raise EngineUnavailable(f"{NOTHING_RUNS}; {NEXT_STEP}")
    mechanism = choose(settings.sandbox)
    if isinstance(mechanism, Unavailable):
        raise EngineUnavailable(mechanism.reason)
    try:
        python: Interpreter = find_interpreter(root, settings.python, settings.python_source)
    except InterpreterNotFound as error:
        raise EngineUnavailable(str(error)) from None
    return WorkerPool(python.path, root, View.of(root, settings.checkpoint_roots), mechanism)


def _each_once(found: Iterable[Command]) -> tuple[Command, ...]:
    first: dict[object, Command] = {}
    for command in found:
        first.setdefault((command.argv, command.cwd, command.module), command)
    return tuple(first.values())


def _notebook(document: Document) -> Notebook:
    try:
        return read_notebook(document.text)
    except NotANotebook as error:
        raise SourceError(FileProblem(document.path, str(error))) from None


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
