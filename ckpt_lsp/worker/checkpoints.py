"""What `torch.load` and its relatives answer in a dry run: the file's structure, with tensors that hold no data.

Files are read inertly (`checkpoint.read`).  Where torch would refuse a file (`weights_only=True`) torch itself is
asked, so that the exception is the very one the user would see.
"""

from __future__ import annotations

import collections
import errno
import fnmatch
import functools
import os
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Set, Tuple

import torch

from .checkpoint.errors import NEVER_READ
from .checkpoint.hazards import hazards
from .checkpoint.read import CheckpointError, read
from .checkpoint.records import Record
from .doubles import Absent, is_opaque, ledger, opaque_path, unknown_file
from .locked import Locked
from .materialise import RunsCode, materialise
from .protocol import DryRunJob
from .refusals import LoadRefused, refused_by_its_globals, refused_by_torch, safe_globals_added


class Checkpoints:
    """The checkpoint files that one dry run comes across."""

    def __init__(self, job: DryRunJob) -> None:
        self._job = job
        self._files: Dict[int, Tuple[Any, str]] = {}
        self._saved: Dict[str, Any] = {}
        self._roots: List[Any] = []
        self._perhaps: Set[str] = set()
        self._written: List[str] = list(job.saved_before)
        self.last: Optional[str] = None
        self.not_found: Optional[str] = None
        self._missed: Dict[str, str] = {}
        self.refused: Optional[LoadRefused] = None
        self.locked = Locked(job)
        self.read_files: List[str] = []
        self._keys: Dict[int, Tuple[torch.Tensor, List[str]]] = {}
        self._taken: List[List[Any]] = []
        self._unreadable = False
        self._would_run: Sequence[str] = ()
        self._unknown = False

    def file_of(self, state_dict: Any) -> Optional[str]:
        """The file that a state dict comes from: that of its tensors, else the last one that was read."""
        if isinstance(state_dict, dict):
            for value in list(state_dict.values()):
                entry = self._files.get(id(value))
                if entry is not None:
                    return entry[1]
        return self.last

    def has_read(self, state_dict: Any) -> bool:
        """True where some of the state dict's tensors come from a file that is there."""
        return isinstance(state_dict, dict) and any(id(value) in self._files for value in list(state_dict.values()))

    def missing_file(self, origin: Optional[str]) -> Optional[str]:
        """The path, as the program says it, of the absent file that a made up state dict stands for."""
        if origin is not None:
            return self._missed.get(origin)
        return self.not_found if len(self._missed) <= 1 else None

    def knows_dict_without(self, key: Any, values: Sequence[Any]) -> bool:
        """True where the dicts of checkpoints among `values`, or all where none is, lack `key`."""
        known = {id(inner): inner for root in self._roots for inner in _dicts(root)}
        held = [known[id(value)] for value in values if id(value) in known] or list(known.values())
        return bool(held) and all(key not in inner for inner in held)

    def facts(self) -> Dict[str, Any]:
        """What is to be said of the files, as fields of `DryRunResult`."""
        refused = "unreadable" if self._unreadable else self.refused.kind if self.refused is not None else None
        return {
            "refused": refused,
            "would_run": list(self._would_run),
            "checkpoint_unknown": self._unknown,
            "read": self.read_files,
            "from_lock": self.locked.used,
            "taken": self._taken,
        }

    def renamed(self, state_dict: Any) -> List[List[str]]:
        """[key in the file, key in `state_dict`] of each tensor that has another name there."""
        found = []
        for key, value in state_dict.items() if isinstance(state_dict, dict) else ():
            _, before = self._keys.get(id(value), (None, []))
            if before and isinstance(key, str) and key not in before:
                found.append([before[0], key])
        return found

    # -- the stand-ins -----------------------------------------------------------------------------------------

    def load(self, f: Any, map_location: Any = None, pickle_module: Any = None, **kwargs: Any) -> Any:
        """`torch.load`."""
        weights_only = kwargs.get("weights_only")
        if weights_only is None:
            weights_only = pickle_module is None and _weights_only_by_default()
        return self._answer(f, bool(weights_only), TORCH_FORMATS)

    def save(self, obj: Any, f: Any, *args: Any, **kwargs: Any) -> None:
        """`torch.save`: nothing is written; loading the same path gives the object back."""
        if isinstance(f, (str, os.PathLike)) and opaque_path(f) is None:
            self._saved[os.path.abspath(os.fspath(f))] = obj

    def save_perhaps(self, obj: Any, f: Any) -> None:
        """`torch.save` in a loop that is not run: it saves, unless the loop does not come to it."""
        self.save(obj, f)
        self._perhaps.add(os.path.abspath(os.fspath(f)))

    def written(self, pattern: str) -> None:
        """Files that match are written before they are loaded, with what is not known."""
        self._written.append(pattern)

    def load_file(self, filename: Any, *args: Any, **kwargs: Any) -> Any:
        """`safetensors.torch.load_file`."""
        return self._answer(filename, False, ("safetensors",))

    def _answer(self, f: Any, weights_only: bool, formats: Sequence[str]) -> Any:
        f = self._bound(f)
        origin = opaque_path(f)
        self._unknown = self._unknown or f is None or origin is not None
        if f is None:
            ledger.stop("the path of the checkpoint is None under this scenario")
        if origin is not None:
            return unknown_file("a checkpoint whose path is %s" % origin)
        named = isinstance(f, (str, os.PathLike))
        path = os.path.abspath(os.fspath(f)) if named else _name(f)
        if path is not None:
            if path in self._saved:
                return self._own_output(path, weights_only)
            self._refuse_own_output(path)
        if named and not os.path.exists(path or ""):
            return self._missing(os.fspath(f))
        if named and os.path.isdir(path or ""):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), f)
        self.last = path
        record = self._read(path if named else f, path)
        if weights_only:
            refused = self._refused(path if named else f, path, record)
            if refused is not None:
                self.refused, self._would_run = refused, hazards(record, self._is_own)
                raise refused.error
        if record.format not in formats:
            ledger.stop("%s is a %s checkpoint, which this call does not read" % (path, record.format))
        value, tensors = self._made(record, path)
        self._roots.append(value)
        self._remember_keys(value)
        if path is not None:
            for tensor in tensors:
                self._files[id(tensor)] = (tensor, path)
        return value

    def _bound(self, f: Any) -> Any:
        """The file that the user names, where the program's own path is unknown or leads nowhere."""
        named = self._job.checkpoint
        if named is None:
            return f
        if f is None or opaque_path(f) is not None:
            return named
        if not isinstance(f, (str, os.PathLike)) or os.path.abspath(os.fspath(f)) in self._saved:
            return f
        return f if os.path.exists(f) else named

    def _own_output(self, path: str, weights_only: bool) -> Any:
        value = self._saved[path]
        if weights_only and not _is_plain(value):
            ledger.stop("the program saves objects to %s that weights_only=True may refuse" % os.path.basename(path))
        if path in self._perhaps and os.path.exists(path):
            self._compare_with_file(path, value)
        self.last = path
        return copied(value)

    def _compare_with_file(self, path: str, value: Any) -> None:
        """Whether the loop saves is not known; it does not matter where the file that is there says the same."""
        there, _ = self._made(self._read(path, path), path)
        if _outline(there) != _outline(value):
            ledger.stop("the program writes %s before it loads it, and another one is there" % os.path.basename(path))

    def _missing(self, given: Any) -> Any:
        self.not_found = str(given)
        self._unknown = True
        if Absent.stands_in:
            origin = "the checkpoint %s, which is not there" % given
            self._missed[origin] = str(given)
            return Absent(origin)
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), given)

    def _refuse_own_output(self, path: str) -> None:
        for pattern in self._written:
            if fnmatch.fnmatch(path, "*" + pattern.lstrip("./")):
                ledger.stop("the program itself writes %s before it loads it" % os.path.basename(path))

    def _read(self, source: Any, path: Optional[str]) -> Record:
        """Of the lock's files a program has nothing but what `open` gives for them."""
        if path is not None and path not in self.read_files:
            self.read_files.append(path)
        if path is not None and self.locked.holds(path):
            return self.locked.record(path)
        try:
            return read(source)
        except CheckpointError as error:
            self._unreadable = ledger.stopped is None and isinstance(error, NEVER_READ)
            ledger.stop("%s" % error)

    def _refused(self, source: Any, path: Optional[str], record: Record) -> Optional[LoadRefused]:
        if path is not None and self.locked.holds(path):
            return refused_by_its_globals(os.path.basename(path), record)
        state = None if path is None else _state(path)
        if state is not None and state in self._job.taken:
            return None
        refused = refused_by_torch(source, record)
        if refused is None and state is not None and not safe_globals_added():
            self._taken.append(state)
        return refused

    def _made(self, record: Record, path: Optional[str]) -> Tuple[Any, List[torch.Tensor]]:
        unrecorded = None
        if path is not None and self.locked.holds(path):
            unrecorded = functools.partial(self.locked.unrecorded, path)
        try:
            return materialise(record, self._is_own, unrecorded)
        except RunsCode as error:
            if ledger.stopped is None:
                self._would_run = error.names
            ledger.stop("loading %s runs %s, which a dry run does not" % (os.path.basename(self.last or "it"), error))

    def _is_own(self, package: str) -> bool:
        """Whether the program would import this package from the workspace."""
        ways = [os.path.join(folder, package) for folder in self._job.sys_path]
        own = [way for way in ways if way.startswith(os.path.join(self._job.root, ""))]
        return any(os.path.isdir(way) or os.path.isfile(way + ".py") or way + ".py" in self._job.overlay for way in own)

    def _remember_keys(self, root: Any) -> None:
        for inner in _dicts(root):
            for key, value in inner.items():
                if isinstance(key, str) and issubclass(type(value), torch.Tensor):
                    self._keys.setdefault(id(value), (value, []))[1].append(key)


def _state(path: str) -> Optional[List[Any]]:
    try:
        state = os.stat(path)
    except OSError:
        return None
    return [path, state.st_mtime_ns, state.st_size, state.st_ino]


TORCH_FORMATS = ("torch zip", "torch legacy", "torch tar")
_current: List[Checkpoints] = []


def install() -> None:
    """Replaces `torch.load` and, where it is installed, safetensors' loader, for good."""
    torch.load = torch.serialization.load = lambda *args, **kwargs: _current[-1].load(*args, **kwargs)
    torch.save = torch.serialization.save = lambda *args, **kwargs: _current[-1].save(*args, **kwargs)
    if _installed("safetensors"):
        import safetensors.torch

        safetensors.torch.load_file = lambda *args, **kwargs: _current[-1].load_file(*args, **kwargs)
        safetensors.safe_open = _opening(safetensors.safe_open)  # type: ignore[misc, assignment]


def _opening(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def safe_open(filename: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(filename, (str, os.PathLike)) and _current:
            _current[-1].locked.refuse_bytes(os.path.abspath(os.fspath(filename)))
        return original(filename, *args, **kwargs)

    return safe_open


def answer_with(checkpoints: Checkpoints) -> None:
    """From now on the stand-ins answer for this dry run."""
    _current.append(checkpoints)


def _is_plain(value: Any) -> bool:
    """True of what `weights_only=True` accepts for certain; opaque parts are taken to be accepted."""
    if is_opaque(value):
        return True
    if isinstance(value, dict):
        return all(_is_plain(item) for item in value.values())
    if isinstance(value, (list, tuple)):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, (torch.Tensor, str, int, float, bool, bytes))


def _dicts(value: Any, depth: int = 0) -> Iterator[Any]:
    """Asks no value for its class: one that the lock does not hold has none."""
    if issubclass(type(value), dict) and depth < 8:
        yield value
        for item in list(value.values()):
            yield from _dicts(item, depth + 1)


def _outline(value: Any) -> Any:
    """Keys and shapes."""
    if is_opaque(value):
        return None
    if isinstance(value, dict):
        return {key: _outline(item) for key, item in value.items()}
    return tuple(value.shape) if isinstance(value, torch.Tensor) else None


def copied(value: Any) -> Any:
    """Containers anew, leaves as they are: what saving and loading gives."""
    if type(value) in (dict, collections.OrderedDict):
        made: Any = type(value)((key, copied(item)) for key, item in value.items())
        if hasattr(value, "_metadata"):
            made._metadata = value._metadata
        return made
    if type(value) in (list, tuple):
        return type(value)(map(copied, value))
    return value


def _name(file: Any) -> Optional[str]:
    name = getattr(file, "name", None)
    return os.path.abspath(name) if isinstance(name, str) else None


def _installed(package: str) -> bool:
    import importlib.util

    return importlib.util.find_spec(package) is not None


def _weights_only_by_default() -> bool:
    if os.environ.get("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "").lower() in ("1", "y", "yes", "true"):
        return False
    major, minor = torch.__version__.split(".")[:2]
    return (int(major), int(minor)) >= (2, 6)
