"""One dry run: executes a slice under one scenario and says what torch does at the load site.

A process runs one dry run and exits: the patches of `world` and the user's imports are never undone.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib
import os
import re
import signal
import sys
import time
import types
from dataclasses import replace
from typing import Any, Callable, Iterator, Sequence, Set

import torch
from torch import nn

from . import build, checkpoints, imports, locked, oracle, parallel, presence, program, world
from .checkpoints import Checkpoints
from .doubles import Absent, Opaque, Stop, dropped, is_opaque, ledger
from .excuses import EXCUSED, Excuses, excused
from .origins import Origins
from .probing import Probe, shallow
from .protocol import Answer, DryRunJob, DryRunResult, Question
from .telling import Course, Telling

PRELOADABLE = frozenset(
    "PIL cv2 einops matplotlib numpy pandas scipy sklearn timm torchvision transformers yaml".split()
)
"""Packages that many scripts import: once in the worker rather than in each dry run."""


def preload(names: Sequence[str]) -> None:
    """Imports installed packages in the worker itself, whose path holds nothing of a workspace."""
    for name in names:
        if name in PRELOADABLE and name not in sys.modules and name not in _not_there:
            try:
                importlib.import_module(name)
            except Exception:
                # Not installed, or broken in this environment: user code that needs it will say so.
                _not_there.add(name)
                sys.modules.pop(name, None)


_not_there: Set[str] = set()

MOST_EXCUSES = 24
"""Runs of the program on a second look: each may fail for want of something else."""


def warm_up() -> None:
    """Touches what every dry run needs, so that children inherit it.  Executes no code of a workspace."""
    world.install()
    checkpoints.install()
    with build.building("meta"):
        module = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm2d(2))
        oracle.load(lambda: module.load_state_dict(module.state_dict()), module, module.state_dict())


class DryRun:
    """Runs a job once, then answers questions about the model and the state dict it ended with."""

    def __init__(self, job: DryRunJob) -> None:
        self._job = job
        self._course = Course()
        self._probe = Probe(job.rung)
        self._checkpoints = Checkpoints(job)
        self._excuses = Excuses(job.root)
        self._origins = Origins(job.root)

    # -- the run -----------------------------------------------------------------------------------------------

    def run(self) -> DryRunResult:
        """Never raises for what the user's code does."""
        try:
            self._prepare()
            self._execute()
            result = self._telling().result()
            result = replace(
                result,
                lacking=self._checkpoints.locked.lacking(result.reason),
                asked_cuda=world.now.asked_cuda,
                asked_count=world.now.asked_count,
                **self._checkpoints.facts(),
            )
            if self._may_come_further(result):
                result = self._second_look(result)
        except program.NoSuchSite as error:
            return DryRunResult("unresolved", reason=str(error))
        except SyntaxError as error:
            return DryRunResult("unresolved", reason="syntax error at line %s: %s" % (error.lineno, error.msg))
        return replace(
            result,
            modules=world.files_below(self._job.root),
            read=self._checkpoints.read_files,
            from_lock=self._checkpoints.locked.used,
        )

    def _telling(self) -> Telling:
        return Telling(self._job, self._course, self._probe, self._checkpoints, self._origins)

    def _prepare(self) -> None:
        job = self._job
        os.chdir(job.cwd)
        os.environ.update(job.env)
        sys.argv = [job.path] + list(job.argv)
        sys.path[:0] = job.sys_path
        sys.setrecursionlimit(max(sys.getrecursionlimit(), 3000))
        world.now.gpus = job.gpus
        parallel.now.follows = job.indirect
        world.now.texts.update((path, text) for path, text in job.overlay.items() if not path.endswith(".py"))
        checkpoints.answer_with(self._checkpoints)
        if self._checkpoints.locked:
            locked.install(self._checkpoints.locked)
        presence.install()
        imports.install(job.root, job.overlay, self._compile)
        setattr(builtins, program.SITE, self._probe.method)
        setattr(builtins, program.RELATIVE, self._probe.relative)
        setattr(builtins, program.GUARD, self._watch)
        setattr(builtins, program.RERAISE, _reraise)
        setattr(builtins, program.DROPPED, dropped)
        setattr(builtins, program.PARAMETER, _parameter)
        setattr(builtins, program.SAVED, self._saved)
        setattr(builtins, EXCUSED, excused)

    def _compile(self, text: str, path: str) -> types.CodeType:
        world.now.files.add(path)
        site = self._job.site
        anchors = [place for place in self._job.anchors if place.path == path]
        return program.compile_program(text, path, site if site.path == path else None, anchors, self._excuses)

    def _execute(self) -> None:
        job = self._job
        code = self._compile(job.source, job.path)
        module = types.ModuleType("__main__")
        if job.path.endswith(".ipynb"):
            module.__dict__.update(display=_returns_nothing, get_ipython=lambda: Opaque("the notebook's kernel"))
        module.__file__ = job.path
        if job.module:
            module.__package__ = job.module.rpartition(".")[0]
        sys.modules["__main__"] = module
        self._course.ended = None
        try:
            with build.building(job.rung):
                exec(code, module.__dict__)
        except BaseException as error:
            self._course.ended = error

    def _may_come_further(self, first: DryRunResult) -> bool:
        """The program stops before the call, for want of a file most of all."""
        if self._checkpoints.not_found is not None and first.status in ("unresolved", "skipped"):
            return not first.lacking
        if self._course.absent is not None and first.status == "skipped":
            return True
        known = first.model is not None or first.try_rung is not None or bool(first.lacking)
        stops = first.status == "unresolved" and not known and self._course.ended is not None
        return stops and self._job.excuses > 0

    def _second_look(self, first: DryRunResult) -> DryRunResult:
        """Goes on with made up state dicts for checkpoints that are not there and unknown values for all else, so that
        the model is named all the same."""
        self._probe.naming = world.now.any_load_fits = Absent.stands_in = presence.now.pretends = True
        patience = self._job.excuses
        wall = time.monotonic() + min(self._job.limits.wall_seconds / 2, 4 + patience)
        cpu = time.process_time() + patience
        self._excuses.looks_again = True
        if self._checkpoints.not_found is None:
            self._excuses.take(self._course.ended)
        for _ in range(MOST_EXCUSES):
            self._course, self._probe.model, ledger.stopped = Course(), None, None
            imports.forget(self._job.root)
            self._execute_until(wall)
            ended = self._course.ended
            if self._probe.model is not None:
                break
            rung = build.next_rung(self._job.rung)
            if ended is not None and build.needs_real_values(ended) and rung is not None:
                return replace(first, try_rung=rung)
            again = self._wants_content() or self._excuses.take(ended)
            if not again or time.monotonic() > wall or time.process_time() > cpu:
                break
        return self._telling().further(first, bool(self._excuses))

    def _execute_until(self, wall: float) -> None:
        """The timer may go off while the program is compiled, or when it has just ended."""
        try:
            with _ended_after(wall - time.monotonic()):
                self._execute()
        except Stop as stop:
            self._course.ended = stop

    def _wants_content(self) -> bool:
        """Whether an absent file should rather hold something: `list(state_dict)[0]`, `a, b = torch.load(...)`."""
        ended, before = self._course.ended, (Absent.has_a_key, Absent.parts)
        Absent.has_a_key = Absent.has_a_key or isinstance(ended, (IndexError, StopIteration))
        lacks = re.match(r"not enough values to unpack \(expected (\d), got 0\)", str(ended))
        Absent.parts = int(lacks.group(1)) if isinstance(ended, ValueError) and lacks else Absent.parts
        return (Absent.has_a_key, Absent.parts) != before

    # -- the load site -----------------------------------------------------------------------------------------

    def _saved(self, value: Callable[[], Any], path: Callable[[], Any], pattern: str) -> None:
        """A save in a part of the program that is left out; unknown values leave only the path."""
        before = ledger.stopped
        try:
            self._checkpoints.save_perhaps(value(), path())
        except (Exception, Stop):
            ledger.stopped = before
            self._checkpoints.written(pattern)

    def _watch(self, test: Any, leads_on: bool, text: str, line: int) -> bool:
        """A test on the way to the call: unknown means "the call is reached"."""
        before, made_up = ledger.stopped, Absent.asked
        presence.now.absent = None
        try:
            with presence.watched():
                value = test() if isinstance(test, types.FunctionType) else test
            outcome = leads_on if is_opaque(value) else bool(value)
        except Stop:
            ledger.stopped = before
            return leads_on
        if outcome != leads_on and made_up == Absent.asked:
            self._course.guard = (text, leads_on, line)
            self._course.absent = presence.now.absent
        return outcome

    # -- questions ---------------------------------------------------------------------------------------------

    def answer(self, question: Question) -> Answer:
        """What torch would say to another state dict, model or `strict`; see `Question`."""
        raised = [p for p in self._probe.probed if p.outcome.error is not None] or self._probe.probed[-1:]
        if not raised:
            return Answer(False, error="the call was not reached")
        probed = raised[0]
        names = {"torch": torch, "model": probed.receiver, "state_dict": shallow(probed.state_dict)}
        try:
            with build.building(self._job.rung):
                exec(question.setup, names)
                state_dict = eval(question.state_dict, names)
                model = eval(question.model, names)
                outcome = oracle.load(
                    lambda: model.load_state_dict(state_dict, strict=question.strict), model, state_dict
                )
        except (Exception, Stop) as error:
            return Answer(False, error="%s: %s" % (type(error).__name__, error))
        return Answer(
            outcome.error is not None,
            message=None if outcome.error is None else str(outcome.error),
            missing=outcome.missing,
            unexpected=outcome.unexpected,
            mismatched=outcome.mismatched,
        )


@contextlib.contextmanager
def _ended_after(seconds: float) -> Iterator[None]:
    """Stops a program that made up values have led into a loop, where the system has a timer for it."""
    if not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGALRM, lambda *_: ledger.stop("it takes too long"))
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.01))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _returns_nothing(*args: Any, **kwargs: Any) -> None:
    """`display(...)` of a notebook."""


def _reraise() -> None:
    error = sys.exc_info()[1]
    if isinstance(error, Stop):
        raise error


def _parameter(name: str, function: str) -> Opaque:
    return Opaque("the parameter `%s` of `%s`, for which nothing here gives a value" % (name, function))
