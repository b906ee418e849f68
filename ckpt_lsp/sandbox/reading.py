"""A checkpoint's record without letting its bytes near this process: a confined reader for each file.

What the reader may do is in `reader.py`; what it says is not believed either, but decoded and checked.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from ..worker.checkpoint import errors
from ..worker.checkpoint.errors import CheckpointError
from ..worker.checkpoint.records import Record
from ..worker.protocol import HEADER, MAX_FRAME, Decoder, ProtocolError

WALL_SECONDS = 60.0
_READER = Path(__file__).with_name("reader.py")
_PASSED_ON = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")


class ReaderFailed(CheckpointError):
    """The reader's process ended without an answer."""

    rule = "unsupported-format"
    next_step = "please report it, with how the file was made"


def read_confined(path: Path, wall_seconds: float = WALL_SECONDS) -> Record:
    """What is in a checkpoint: a file, a sharded index or a directory of torch.distributed.checkpoint.

    Raises CheckpointError of the kind that the reader met, with its cause and next step, and what the system says
    of the path: FileNotFoundError, PermissionError and other OSErrors.
    """
    output, status = _run(path.absolute(), wall_seconds)
    try:
        messages = Decoder().feed(output)
    except ProtocolError:
        messages = []
    if len(messages) != 1:
        raise _named(_ended(status), path)
    try:
        return _record(messages[0], path)
    except CheckpointError as error:
        raise _named(error, path) from None


def _run(path: Path, wall_seconds: float) -> tuple[bytes, int]:
    """What the reader wrote, and its exit status."""
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    process = subprocess.Popen(
        (sys.executable, "-I", "-S", "-B", str(_READER), str(path)),
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    watch = threading.Timer(wall_seconds, process.kill)
    watch.start()
    with process:
        try:
            output = process.stdout.read(HEADER.size + MAX_FRAME)
            process.stdout.close()  # more than that is no answer, and its writer may not block on it
            return output, process.wait()
        except BaseException:
            process.kill()
            raise
        finally:
            watch.cancel()


def _record(answer: dict[str, Any], path: Path) -> Record:
    if "record" in answer:
        return Record.from_plain(answer["record"])
    if "system" in answer:
        raise _system_error(answer["system"], path)
    raise _checkpoint_error(answer.get("error"))


def _system_error(said: Any, path: Path) -> OSError:
    number, text = (said[0], said[1]) if isinstance(said, list) and len(said) == 3 else (None, None)
    if not isinstance(number, int) or not isinstance(text, str):
        return OSError(None, "cannot be read", str(path))
    return OSError(number, text, str(path))


def _checkpoint_error(said: Any) -> CheckpointError:
    facts = said if isinstance(said, dict) else {}
    kind = getattr(errors, str(facts.get("kind")), None)
    if not (isinstance(kind, type) and issubclass(kind, CheckpointError)):
        kind = CheckpointError
    error = kind(str(facts.get("cause", "cannot be read")), str(facts.get("next_step", kind.next_step)))
    name = facts.get("name")
    error.name = name if isinstance(name, str) else None
    return error


def _ended(status: int) -> CheckpointError:
    """The kernel keeps the limits: a signal is one that was crossed."""
    if status < 0:
        return errors.TooLarge("takes too long to read")
    return ReaderFailed(f"cannot be read: the reader ended with status {status}")


def _named(error: CheckpointError, path: Path) -> CheckpointError:
    error.name = error.name or path.name
    return error
