"""What is to be said of a program that has run: the verdict of torch, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Optional, Tuple

from . import build, oracle
from .checkpoints import Checkpoints
from .doubles import Absent, Stop, is_opaque, ledger, opaque_behind, plain
from .origins import Origins
from .probing import Probe, Probed, qualified
from .protocol import REFUSES_ARGUMENTS, DryRunJob, DryRunResult, Place
from .refusals import LoadRefused


@dataclass
class Course:
    """How the program went."""

    ended: Optional[BaseException] = None
    """What it ended with."""
    guard: Optional[Tuple[str, bool, int]] = None
    """The last test that turned it away from the call: source, the outcome that would have led on, line."""
    absent: Optional[str] = None
    """A file that this test asked for and that is not there."""


class Telling:
    """Of one dry run, when it is over."""

    def __init__(
        self, job: DryRunJob, course: Course, probe: Probe, checkpoints: Checkpoints, origins: Origins
    ) -> None:
        self._job = job
        self._course = course
        self._probe = probe
        self._checkpoints = checkpoints
        self._origins = origins

    def result(self) -> DryRunResult:
        """Of the program as it is."""
        ended = self._course.ended
        raised = [p for p in self._probe.probed if p.outcome.error is not None]
        if raised:
            return self._raises(raised[0])
        if self._probe.probed and self._job.once:
            return self._loads(self._probe.probed[-1])
        if ledger.stopped is not None:
            return self._stopped(ledger.stopped)
        if ended is not None and not isinstance(ended, SystemExit):
            return self._failed(ended)
        if self._probe.probed:
            return self._loads(self._probe.probed[-1])
        return self._not_reached()

    def further(self, first: DryRunResult, excused: bool) -> DryRunResult:
        """With what a second look adds to the first: model and file, or the test that turns the program away.

        `excused`: something other than absent checkpoints was made up, so a test may have looked at what it left
        undone."""
        if self._probe.model is not None:
            return self._named(first)
        if self._course.guard is None or ledger.stopped is not None:
            return first
        away = self._not_reached()
        return replace(first, guard=away.guard, guard_wanted=away.guard_wanted) if excused else away

    def _raises(self, probed: Probed) -> DryRunResult:
        error = probed.outcome.error
        handled = self._course.ended is None or isinstance(self._course.ended, Stop)
        return replace(
            self._compared("raises", probed),
            error_type=type(error).__name__,
            error_message=str(error),
            handled=handled and error is not self._course.ended,
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
        if build.needs_real_values(error):
            text = "the code reads the value of a tensor, which is not read from the file (%s)" % _told(error)
            return self._unresolved(text, try_rung=rung, at=self._where(error))
        return self._unresolved(_stops(error), try_rung=rung, at=self._where(error))

    def _named(self, first: DryRunResult) -> DryRunResult:
        """A second look has come to the call."""
        given, files = self._probe.given, self._checkpoints
        if files.has_read(given):
            absent = "a file that is loaded before the call is not there: %s" % files.not_found
            reason = first.reason if files.not_found is None else absent
            return replace(first, model=self._probe.model, reason=reason, checkpoint=files.file_of(given))
        origin = _made_up(given)
        missing = files.missing_file(origin)
        if first.status == "skipped" and first.guard is not None:
            there = "%s, and %s is not there" % (first.reason, missing) if missing is not None else first.reason
            return replace(first, model=self._probe.model, reason=there)
        first = replace(first, status="unresolved", model=self._probe.model, guard=None)
        if missing is not None:
            return replace(first, reason="checkpoint not found: %s" % missing, checkpoint_not_found=missing)
        if origin is not None:
            return replace(first, reason="the state dict depends on %s" % plain(origin))
        return first

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
        if self._course.guard:
            test, wanted, line = self._course.guard
            reason = "not reached: `if %s:` (line %d) is %s" % (_short(test), line, not wanted)
            return DryRunResult("skipped", reason=reason, guard=test, guard_wanted=wanted)
        if self._job.indirect:
            return self._unresolved("a function on the way to the call is handed on, and who calls it is not followed")
        if ledger.handed_on is not None:
            return self._unresolved("%s is given a function or class on the way to the call" % ledger.handed_on)
        if isinstance(self._course.ended, SystemExit) and self._course.ended.code == 2:
            return self._unresolved(REFUSES_ARGUMENTS)
        if isinstance(self._course.ended, SystemExit):
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


def _made_up(state_dict: Any) -> Optional[str]:
    """The origin of what a state dict was made of, where that is not known."""
    values = list(state_dict.values()) if isinstance(state_dict, dict) else []
    held = [value._ckpt_origin for value in (state_dict, *values) if is_opaque(value)]
    return held[0] if held else Absent.iterated


def _stops(error: BaseException) -> str:
    return "the program stops before the call: %s" % _told(error)


def _told(error: BaseException) -> str:
    return "%s: %s" % (type(error).__name__, _first_line(error)[:200])


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or "no message").splitlines()[0]


def _short(test: str) -> str:
    return test if len(test) <= 60 else test[:57] + "..."
