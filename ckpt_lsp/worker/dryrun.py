"""One dry run: executes a slice under one scenario and says what torch does at the load site.

A process runs one dry run and exits: the patches of `world` and the user's imports are never undone.
"""

from __future__ import annotations

import builtins
import importlib
import os
import sys
import types
from dataclasses import replace
from typing import Any, Callable, Optional, Sequence, Set, Tuple

import torch
from torch import nn

from . import build, checkpoints, imports, locked, oracle, parallel, program, world
from .checkpoints import Checkpoints, LoadRefused
from .doubles import Absent, Opaque, Stop, dropped, is_opaque, ledger, opaque_behind, plain
from .origins import Origins
from .probing import Probe, Probed, qualified, shallow
from .protocol import REFUSES_ARGUMENTS, Answer, DryRunJob, DryRunResult, Place, Question

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
        self._guard: Optional[Tuple[str, bool, int]] = None
        self._ended: Optional[BaseException] = None
        self._probe = Probe(job.rung)
        self._checkpoints = Checkpoints(job)
        self._reaches = True
        """The site is reached, were the files there that are not."""
        self._turned_away = False
        self._origins = Origins(job.root)

    # -- the run -----------------------------------------------------------------------------------------------

    def run(self) -> DryRunResult:
        """Never raises for what the user's code does."""
        try:
            self._prepare()
            self._execute()
            if self._lacks_file():
                self._second_look()
        except program.NoSuchSite as error:
            return DryRunResult("unresolved", reason=str(error))
        except SyntaxError as error:
            return DryRunResult("unresolved", reason="syntax error at line %s: %s" % (error.lineno, error.msg))
        result = self._result()
        return replace(
            result,
            lacking=self._checkpoints.locked.lacking(result.reason),
            asked_cuda=world.now.asked_cuda,
            asked_count=world.now.asked_count,
            modules=world.files_below(self._job.root),
            **self._checkpoints.facts(),
        )

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
        imports.install(job.root, job.overlay, self._compile)
        setattr(builtins, program.SITE, self._probe.method)
        setattr(builtins, program.RELATIVE, self._probe.relative)
        setattr(builtins, program.GUARD, self._watch)
        setattr(builtins, program.RERAISE, _reraise)
        setattr(builtins, program.DROPPED, dropped)
        setattr(builtins, program.PARAMETER, _parameter)
        setattr(builtins, program.SAVED, self._saved)

    def _compile(self, text: str, path: str) -> types.CodeType:
        world.now.files.add(path)
        site = self._job.site
        anchors = [place for place in self._job.anchors if place.path == path]
        return program.compile_program(text, path, site if site.path == path else None, anchors)

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
        self._ended = None
        try:
            with build.building(job.rung):
                exec(code, module.__dict__)
        except BaseException as error:
            self._ended = error

    def _lacks_file(self) -> bool:
        return not self._probe.probed and self._checkpoints.not_found is not None and ledger.stopped is None

    def _second_look(self) -> None:
        """The file is not there.  Goes on with a made up state dict, so that the model is named all the same."""
        ended, guard = self._ended, self._guard
        self._guard, self._probe.model = None, None
        self._probe.naming = world.now.any_load_fits = self._checkpoints.missing_is_opaque = True
        self._execute()
        self._reaches = self._probe.model is not None
        self._turned_away = not self._reaches and self._guard is not None and self._ended is None
        self._guard = self._guard if self._turned_away else guard
        self._ended, ledger.stopped = ended, None

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
        try:
            value = test() if isinstance(test, types.FunctionType) else test
            outcome = leads_on if is_opaque(value) else bool(value)
        except Stop:
            ledger.stopped = before
            return leads_on
        if outcome != leads_on and made_up == Absent.asked:
            self._guard = (text, leads_on, line)
        return outcome

    # -- the result --------------------------------------------------------------------------------------------

    def _result(self) -> DryRunResult:
        raised = [p for p in self._probe.probed if p.outcome.error is not None]
        if raised:
            return self._raises(raised[0])
        if self._probe.probed and self._job.once:
            return self._loads(self._probe.probed[-1])
        if ledger.stopped is not None:
            return self._stopped(ledger.stopped)
        if self._probe.naming and self._reaches:
            return self._not_found(self._ended)
        if self._ended is not None and not isinstance(self._ended, SystemExit):
            return self._failed(self._ended)
        if self._probe.probed:
            return self._loads(self._probe.probed[-1])
        return self._not_reached()

    def _raises(self, probed: Probed) -> DryRunResult:
        error = probed.outcome.error
        handled = self._ended is None or isinstance(self._ended, Stop)
        return replace(
            self._compared("raises", probed),
            error_type=type(error).__name__,
            error_message=str(error),
            handled=handled and error is not self._ended,
        )

    def _loads(self, probed: Probed) -> DryRunResult:
        return self._compared("loads", probed)

    def _compared(self, status: str, probed: Probed) -> DryRunResult:
        with build.building(self._job.rung):
            own = oracle.entries(probed.receiver.state_dict())
        given, outcome = probed.state_dict, probed.outcome
        keys = list(given) if hasattr(given, "items") else []
        wrong = outcome.missing, outcome.unexpected, [key for key, _, _ in outcome.mismatched]
        return DryRunResult(
            status,
            model=qualified(type(probed.receiver)),
            checkpoint=self._checkpoints.file_of(given),
            strict=probed.strict,
            missing=outcome.missing,
            unexpected=outcome.unexpected,
            mismatched=outcome.mismatched,
            origins=self._origins.rows(probed.receiver, keys, *wrong),
            model_entries=own,
            checkpoint_entries=oracle.entries(given) if hasattr(given, "items") else [],
            renamed=self._checkpoints.renamed(given),
            always_clean=all(p.outcome.clean for p in self._probe.probed),
        )

    def _unresolved(self, reason: str, **more: Any) -> DryRunResult:
        checkpoint = self._checkpoints.last
        return DryRunResult("unresolved", reason=plain(reason), model=self._probe.model, checkpoint=checkpoint, **more)

    def _stopped(self, stop: Stop) -> DryRunResult:
        rung = build.next_rung(self._job.rung) if self._probe.cannot else None
        return self._unresolved(stop.reason, try_rung=rung, at=self._where(stop))

    def _failed(self, error: BaseException) -> DryRunResult:
        """The program ended in an exception before it came to the call (or after a first, good load)."""
        refused = self._checkpoints.refused
        if isinstance(error, LoadRefused) or (refused is not None and error is refused.error):
            assert refused is not None
            return replace(
                self._unresolved("", at=self._where(error)),
                status="raises",
                reason=None,
                error_type=type(refused.error).__name__,
                error_message=str(refused.error),
                rejected_globals=refused.globals,
            )
        if self._turned_away:
            return self._not_reached()
        if isinstance(error, KeyError) and self._lacks_key(error):
            return replace(
                self._unresolved("", at=self._where(error)),
                status="raises",
                reason=None,
                error_type="KeyError",
                error_message=str(error),
            )
        unknown = opaque_behind(error)
        if unknown is not None:
            return self._unresolved("a size or an argument depends on %s" % unknown, at=self._where(error))
        rung = build.next_rung(self._job.rung) if build.needs_real_values(error) else None
        text = "%s: %s" % (type(error).__name__, _first_line(error)[:200])
        if build.needs_real_values(error):
            text = "the code reads the value of a tensor, which is not read from the file (%s)" % text
            return self._unresolved(text, try_rung=rung, at=self._where(error))
        return self._unresolved("the program stops before the call: %s" % text, try_rung=rung, at=self._where(error))

    def _not_found(self, error: Optional[BaseException]) -> DryRunResult:
        path = self._checkpoints.not_found
        where = None if error is None else self._where(error)
        if self._checkpoints.has_read(self._probe.given):
            return self._unresolved("a file that is loaded before the call is not there: %s" % path, at=where)
        return self._unresolved("checkpoint not found: %s" % path, checkpoint_not_found=path, at=where)

    def _lacks_key(self, error: KeyError) -> bool:
        """The user's own line asked the checkpoint for a key that is not in it."""
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        if trace is None or len(error.args) != 1:
            return False
        frame = trace.tb_frame
        own = frame.f_code.co_filename.startswith(self._job.root)
        return own and self._checkpoints.knows_dict_without(
            error.args[0], [*frame.f_locals.values(), *frame.f_globals.values()]
        )

    def _not_reached(self) -> DryRunResult:
        if self._probe.skipped:
            return DryRunResult("skipped", reason=self._probe.skipped)
        if self._guard:
            test, wanted, line = self._guard
            reason = "not reached: `if %s:` (line %d) is %s" % (_short(test), line, not wanted)
            return DryRunResult("skipped", reason=reason, guard=test, guard_wanted=wanted)
        if self._job.indirect:
            return self._unresolved("a function on the way to the call is handed on, and who calls it is not followed")
        if ledger.handed_on is not None:
            return self._unresolved("%s is given a function or class on the way to the call" % ledger.handed_on)
        if isinstance(self._ended, SystemExit) and self._ended.code == 2:
            return self._unresolved(REFUSES_ARGUMENTS)
        if isinstance(self._ended, SystemExit):
            return DryRunResult("skipped", reason="not reached: the program exits before the call")
        return DryRunResult("skipped", reason="not reached under this scenario")

    def _where(self, error: BaseException) -> Optional[Place]:
        """The innermost line of the user's own code."""
        place: Optional[Place] = None
        trace = error.__traceback__
        while trace is not None:
            path = trace.tb_frame.f_code.co_filename
            if path.startswith(self._job.root) and "site-packages" not in path:
                place = Place(path, trace.tb_lineno, 1, trace.tb_lineno, 1)
            trace = trace.tb_next
        return place

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


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or "no message").splitlines()[0]


def _short(test: str) -> str:
    return test if len(test) <= 60 else test[:57] + "..."


def _returns_nothing(*args: Any, **kwargs: Any) -> None:
    """`display(...)` of a notebook."""


def _reraise() -> None:
    error = sys.exc_info()[1]
    if isinstance(error, Stop):
        raise error


def _parameter(name: str, function: str) -> Opaque:
    return Opaque("the parameter `%s` of `%s`, for which nothing here gives a value" % (name, function))
