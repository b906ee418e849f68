"""The words that the server and the worker exchange: length-prefixed JSON frames on a private descriptor.

Shared by both sides, so standard library only and Python >= 3.9.  A frame is a 4-byte big-endian length and
that many bytes of UTF-8 JSON, always one object.  The server sends `{"op": ..., "id": n, ...}`, the worker
answers `{"event": ..., "id": n, ...}`:

=============  =====================================  ====================================================
op             fields                                 answered by
=============  =====================================  ====================================================
``dryrun``     ``job``: DryRunJob                     ``result`` (once), then the child waits for questions
``ask``        ``question``: Question                 ``answer``
``finish``                                            ``ended``: the child of this job is gone
``kill``       ``reason``                             ``ended`` with that reason
=============  =====================================  ====================================================

A job that starts is announced by ``started`` with the ``pid`` of its child.  The first frame of a worker is
``{"event": "ready", "id": 0, "pid": ..., "python": ..., "torch": ..., "executable": ...}``,
or ``{"event": "failed", "id": 0, "reason": ...}`` where torch cannot be imported.  ``ended`` carries
``reason`` (None after ``finish``): "exceeded 2 GiB of memory", "ran longer than 20 s", "exited with status 3".
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Dict, List, Optional, Type, TypeVar

MAX_FRAME = 64 * 1024 * 1024
"""Bytes; a longer frame is a protocol error, whoever sends it."""

HEADER = struct.Struct(">I")

T = TypeVar("T")

REFUSES_ARGUMENTS = "the program refuses this command line"
"""Reason of a dry run whose scenario is none of the program's."""


OVERRUN = "the model code ran longer than"
"""Begins the reason of a dry run that came to its limit of time."""


class ProtocolError(Exception):
    """The other side sent something that is no frame."""


@dataclass(frozen=True)
class Limits:
    """What one dry run may use before it is ended."""

    wall_seconds: float = 20.0
    cpu_seconds: int = 20
    memory_bytes: int = 2 * 1024**3
    """Resident, watched from outside, over what the worker itself holds."""
    output_bytes: int = 1024 * 1024
    """What is read of stdout and stderr; the rest is thrown away."""


@dataclass(frozen=True)
class Place:
    """A range in a file; 1-based, columns in code points, ends exclusive."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True)
class DryRunJob:
    """One slice under one scenario."""

    path: str
    """Absolute path of the script that the slice belongs to: becomes `__file__` and `sys.argv[0]`."""
    source: str
    """The slice: text with the same line numbers as the file."""
    site: Place
    """The load site; a call in `source` or in a module it imports."""
    cwd: str
    argv: List[str]
    sys_path: List[str]
    """Put in front of the interpreter's own."""
    root: str
    """Workspace root: files below it are the user's own."""
    overlay: Dict[str, str] = field(default_factory=dict)
    """Absolute path -> text of unsaved buffers: code for imports, any other file for `open`."""
    module: Optional[str] = None
    """Dotted name where the script runs as `python -m`, so that relative imports work."""
    preload: List[str] = field(default_factory=list)
    """Installed packages that the slice imports: loaded once in the worker, of `dryrun.PRELOADABLE` only."""
    gpus: int = 0
    """How many CUDA devices this world has."""
    rung: str = "meta"
    """How modules are built: "meta", "hybrid" (small tensors real) or "cpu" (initialisers skipped)."""
    anchors: List[Place] = field(default_factory=list)
    """The calls in `source` through which the program comes to the site."""
    checkpoint: Optional[str] = None
    """Absolute path: loaded where the program's own path is unknown or leads nowhere."""
    env: Dict[str, str] = field(default_factory=dict)
    """Environment variables of this program alone."""
    indirect: bool = False
    """A function on the way is handed on; that the call is not reached is then no finding."""
    once: bool = False
    """The site is reached once at the most, so what happens after it cannot change the verdict."""
    saved_before: List[str] = field(default_factory=list)
    """Path patterns (fnmatch) that the program writes before it comes to the call."""
    locked: Dict[str, Any] = field(default_factory=dict)
    """Absolute path -> record in plain form: files that are taken to be there and to be what the lock says.  None
    where the record is sent only if the run asks for it."""
    folders: Dict[str, List[str]] = field(default_factory=dict)
    """Absolute path -> names: what lies in folders that hold such files."""
    excuses: float = 0.0
    """Seconds of processor time for going on past what fails, where the program does not come to the call, to name
    the model."""
    taken: List[List[Any]] = field(default_factory=list)
    """[path, time, size, inode] of files that torch took with weights_only=True when it was last asked."""
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class DryRunResult:
    """What happened at the site."""

    status: str
    """"loads", "raises", "unresolved" or "skipped"."""
    reason: Optional[str] = None
    """For unresolved and skipped."""
    model: Optional[str] = None
    checkpoint: Optional[str] = None
    """Absolute path of the file the tensors come from."""
    strict: Optional[bool] = None
    error_type: Optional[str] = None
    error_message: Optional[str] = None
    at: Optional[Place] = None
    """Where it raised or stopped, if not at the site."""
    handled: bool = False
    missing: List[str] = field(default_factory=list)
    unexpected: List[str] = field(default_factory=list)
    mismatched: List[List[Any]] = field(default_factory=list)
    """[key, shape in checkpoint, shape in model]"""
    model_entries: List[List[Any]] = field(default_factory=list)
    """[key, shape or None] of model.state_dict(), in order."""
    checkpoint_entries: List[List[Any]] = field(default_factory=list)
    """[key, shape or None] of the state dict as it reaches the call, in order."""
    checkpoint_not_found: Optional[str] = None
    guard: Optional[str] = None
    """Source of the last test that turned the program away from the call; `guard_wanted` would let it through."""
    guard_wanted: bool = True
    rejected_globals: List[str] = field(default_factory=list)
    refused: Optional[str] = None
    """Where torch refuses the file itself: "weights-only" for what it names, "unreadable" for what it is."""
    would_run: List[str] = field(default_factory=list)
    """Globals of the file that run more than the making of its objects when all of it is unpickled."""
    checkpoint_unknown: bool = False
    """The program loads a file whose path is not known, or at whose path there is none."""
    always_clean: bool = False
    """Each time that the call was made, no list was left."""
    renamed: List[List[str]] = field(default_factory=list)
    """[key in the file, key at the call] of tensors that come to the call under another name."""
    asked_cuda: bool = False
    """Code asked whether CUDA is there, so a world with one GPU may differ."""
    asked_count: bool = False
    """Code asked how many GPUs there are, so a world with two may differ."""
    try_rung: Optional[str] = None
    """This rung could not build the model; the named one may."""
    read: List[str] = field(default_factory=list)
    """Absolute paths of the checkpoints that were read."""
    from_lock: List[str] = field(default_factory=list)
    """Those of them whose record came from `locked`."""
    taken: List[List[Any]] = field(default_factory=list)
    """States of files, as in the job, that torch has taken with weights_only=True and no safe globals added."""
    lacking: List[Any] = field(default_factory=list)
    """What the lock would have had to hold: ["record", path], ["folder", path] or ["value", path, keys]."""
    origins: List[List[Any]] = field(default_factory=list)
    """[kind of key, path, first line, last line, first key, how many]: where the parts of the model that torch
    complains of are put in their places; kinds are "missing", "unexpected" and "mismatched"."""
    modules: List[str] = field(default_factory=list)
    """Workspace files that were imported or opened: the result holds while they do not change."""


@dataclass(frozen=True)
class Question:
    """ "And with this?"  Asked of the child that still holds model and state dict."""

    state_dict: str = "state_dict"
    """Python expression over `state_dict`, `model` and `torch`; what would be loaded instead."""
    setup: str = ""
    """Statements run first, over the same names; `state_dict` is a fresh shallow copy each time."""
    model: str = "model"
    """Python expression over `model`: what would be loaded into."""
    strict: bool = True


@dataclass(frozen=True)
class Answer:
    """What torch would then say.  `error` is set where the question itself could not be answered."""

    raises: bool
    message: Optional[str] = None
    missing: List[str] = field(default_factory=list)
    unexpected: List[str] = field(default_factory=list)
    mismatched: List[List[Any]] = field(default_factory=list)
    error: Optional[str] = None


def encode(message: Dict[str, Any]) -> bytes:
    """One frame.  Raises ProtocolError if it would be too long."""
    body = json.dumps(message, separators=(",", ":")).encode("utf-8", "surrogatepass")
    if len(body) > MAX_FRAME:
        raise ProtocolError("frame of %d bytes" % len(body))
    return HEADER.pack(len(body)) + body


class Decoder:
    """Collects bytes as they arrive and gives back whole messages."""

    def __init__(self, limit: int = MAX_FRAME) -> None:
        self._limit = limit
        self._buffer = bytearray()

    def feed(self, data: bytes) -> List[Dict[str, Any]]:
        """Raises ProtocolError on a frame that is too long, no JSON or no object."""
        self._buffer += data
        messages = []
        while len(self._buffer) >= HEADER.size:
            (length,) = HEADER.unpack_from(self._buffer)
            if length > self._limit:
                raise ProtocolError("frame of %d bytes" % length)
            if len(self._buffer) < HEADER.size + length:
                break
            body = bytes(self._buffer[HEADER.size : HEADER.size + length])
            del self._buffer[: HEADER.size + length]
            messages.append(_object(body))
        return messages


def _object(body: bytes) -> Dict[str, Any]:
    try:
        message = json.loads(body.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise ProtocolError("not JSON: %s" % error) from None
    if not isinstance(message, dict):
        raise ProtocolError("not an object")
    return message


def to_plain(record: Any) -> Dict[str, Any]:
    """A dataclass of this module as JSON values.  Lists and dicts are not copied: results may have many thousand
    rows, and are encoded at once."""
    return {one.name: _plain(getattr(record, one.name)) for one in fields(record)}


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return to_plain(value)
    if type(value) is list and value and is_dataclass(value[0]):
        return [to_plain(one) for one in value]
    return value


_NESTED: Dict[str, Type[Any]] = {"site": Place, "at": Place, "limits": Limits}


def from_plain(kind: Type[T], value: Any) -> T:
    """The dataclass `kind` from JSON values; unknown fields are dropped.  Raises ProtocolError."""
    if not isinstance(value, dict):
        raise ProtocolError("%s expected" % kind.__name__)
    known = {f.name for f in fields(kind)}  # type: ignore[arg-type]
    given: Dict[str, Any] = {k: v for k, v in value.items() if k in known}
    if isinstance(given.get("anchors"), list):
        given["anchors"] = [from_plain(Place, place) for place in given["anchors"]]
    for name, nested in _NESTED.items():
        if isinstance(given.get(name), dict):
            given[name] = from_plain(nested, given[name])
    try:
        return kind(**given)
    except TypeError as error:
        raise ProtocolError("%s: %s" % (kind.__name__, error)) from None
