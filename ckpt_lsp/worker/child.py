"""The life of one dry run, in a process of its own: settle in, run, answer questions, be killed.

The process trusts nothing it inherited and keeps nothing it does not need; what it says goes to the zygote over
its own pipe, each frame with the token that the zygote gave this one run.
"""

from __future__ import annotations

import fcntl
import os
import resource
import signal
import tempfile
from typing import Any, Dict, Iterator, NoReturn

from . import dryrun, landlock, limits, seccomp, syscalls
from .birth import QUESTIONS, RESULTS, Ends, Order
from .limits import MAX_RESULT
from .options import Options
from .protocol import (
    Answer,
    Decoder,
    DryRunJob,
    DryRunResult,
    Question,
    encode,
    from_plain,
    to_plain,
)

_HIGH = 64


def live(order: Order, ends: Ends, options: Options, parent: int) -> NoReturn:
    """Everything from the fork to the end of the process."""
    try:
        _settle(ends, parent)
    except BaseException:
        os._exit(1)
    carry_out(order, options)


def carry_out(order: Order, options: Options) -> NoReturn:
    """Everything from the order to the end of the process, which holds nothing but its ends of the channel."""
    status = 1
    try:
        _give_up(order, options)
        _serve(order)
        status = 0
    finally:
        os._exit(status)


# -- settling in -------------------------------------------------------------------------------------------


def _settle(ends: Ends, parent: int) -> None:
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    limits.die_with(parent)
    _take_descriptors(ends)


def _give_up(order: Order, options: Options) -> None:
    """All rights that the dry run does not need."""
    _move_into(order.scratch)
    limits.bound(order.job.limits, options.file_bytes)
    if options.readable is not None:
        landlock.restrict(options.readable, [order.scratch, "/dev/null"])
    machine = syscalls.machine()
    if options.no_processes and machine:
        seccomp.install(seccomp.assemble(seccomp.inside(os.getpid()), machine))


def _take_descriptors(ends: Ends) -> None:
    """Nothing for input, pipes for output, the two ends of the channel; every other descriptor is closed."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    wanted = (nothing, ends.output, ends.errors, ends.results, ends.questions)
    high = [fcntl.fcntl(descriptor, fcntl.F_DUPFD, _HIGH) for descriptor in wanted]
    for number, descriptor in enumerate(high):
        os.dup2(descriptor, number, inheritable=number < RESULTS)
    os.closerange(QUESTIONS + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def _move_into(scratch: str) -> None:
    for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        os.environ[name] = scratch
    tempfile.tempdir = None


# -- running -----------------------------------------------------------------------------------------------


def _serve(order: Order) -> None:
    token = order.token
    run, result = _run(order.job)
    _say(token, "result", result)
    for message in _messages():
        if "confirm" in message:
            _write(encode({"token": token, "confirmed": True}))
        else:
            _say(token, "answer", _answer(run, from_plain(Question, message["question"])))


def _run(job: DryRunJob) -> Any:
    """The run, and its result whatever the model code does to this process short of ending it."""
    try:
        run = dryrun.DryRun(job)
        return run, run.run()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
        reason = "the model code exited with status %d" % status
    except KeyboardInterrupt:
        reason = "the model code raised KeyboardInterrupt"
    except MemoryError:
        reason = "the model code ran out of memory"
    except BaseException as error:
        reason = "the dry run failed with %s: %.300s" % (type(error).__name__, error)
    return None, DryRunResult(status="unresolved", reason=reason)


def _answer(run: Any, question: Question) -> Answer:
    try:
        if run is None:
            return Answer(raises=False, error="the dry run did not come to the call")
        answer: Answer = run.answer(question)
        return answer
    except BaseException as error:
        return Answer(raises=False, error="%s: %.300s" % (type(error).__name__, error))


# -- the channel -------------------------------------------------------------------------------------------


def _say(token: str, kind: str, record: Any) -> None:
    frame = encode({"token": token, kind: to_plain(record)})
    if len(frame) > MAX_RESULT:
        frame = encode({"token": token, kind: to_plain(_too_long(record))})
    _write(frame)


def _write(frame: bytes) -> None:
    rest = memoryview(frame)
    while rest:
        rest = rest[os.write(RESULTS, rest) :]


def _too_long(record: Any) -> Any:
    if isinstance(record, Answer):
        return Answer(raises=False, error="the answer is too long to be sent")
    return DryRunResult(status="unresolved", reason="the model has too many keys for the result to be sent")


def _messages() -> Iterator[Dict[str, Any]]:
    """Until the zygote closes its end."""
    decoder = Decoder(MAX_RESULT)
    while data := os.read(QUESTIONS, 1 << 16):
        yield from decoder.feed(data)
