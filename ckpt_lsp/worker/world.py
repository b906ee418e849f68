"""The world a dry run sees: no accelerator is touched, nothing is trained, saved, downloaded or joined.

Each stand-in behaves as the real function does for a program on one machine, one process, rank 0.  The number
of GPUs is an assumption of the scenario; asking for it is noted, since another number may change the verdict.
"""

from __future__ import annotations

import argparse
import builtins
import contextlib
import functools
import io
import logging
import os
import sys
import types
from typing import Any, Callable, ClassVar, Dict, Iterator, List, Optional, Set, Tuple

import torch
from torch import nn
from torch.nn.modules.module import _IncompatibleKeys

from . import downloads, parallel
from .doubles import Opaque, is_opaque, opaque_path
from .oracle import CopyWithoutData


class _Now:
    """The assumptions of the dry run that this process makes, and what the program asked of them."""

    gpus = 0
    files: ClassVar[Set[str]] = set()
    """Files that the program has opened for reading."""
    texts: ClassVar[Dict[str, str]] = {}
    """Absolute path -> text that the file is taken to have."""
    made: ClassVar[Set[str]] = set()
    """Folders that the program would have made; the workspace is read-only."""
    any_load_fits = False
    """Files that are not there are taken to be there, whatever they hold."""
    asked_cuda = False
    asked_count = False

    told: "Optional[Told]" = None
    """Is given each load that library code makes, in place of torch; see `loads_told_to`."""


Told = Callable[[Callable[..., Any], nn.Module, Tuple[Any, ...], Dict[str, Any]], Any]
"""(torch's own method, receiver, positional arguments, keyword arguments) -> what the load gives back."""

now = _Now()


@contextlib.contextmanager
def loads_told_to(told: Told) -> Iterator[None]:
    """Until its end the outermost calls of `nn.Module.load_state_dict` go through `told`."""
    before, now.told = now.told, told
    try:
        yield
    finally:
        now.told = before


def install() -> None:
    """Patches this process for good: the worker does so once, before libraries bind what is patched by name."""
    _devices()
    _modules()
    parallel.install()
    downloads.install()
    _side_effects()
    parser: Any = argparse.ArgumentParser
    parser.parse_known_args = _parsing(parser.parse_known_args)


def _returns(value: Any) -> Callable[..., Any]:
    return lambda *args, **kwargs: value


def _itself(self: Any, *args: Any, **kwargs: Any) -> Any:
    return self


# -- devices ---------------------------------------------------------------------------------------------------


def _devices() -> None:
    def is_available() -> bool:
        now.asked_cuda = True
        return now.gpus > 0

    def device_count() -> int:
        now.asked_cuda = now.asked_count = True
        return now.gpus

    torch.cuda.is_available = is_available
    torch.cuda.device_count = device_count
    torch.cuda.current_device = _returns(0)
    for name in "synchronize empty_cache set_device manual_seed manual_seed_all reset_peak_memory_stats init".split():
        setattr(torch.cuda, name, _returns(None))
    for name in "get_device_name get_device_properties get_device_capability mem_get_info".split():
        setattr(torch.cuda, name, _returns(Opaque("the GPU of this machine")))


def _modules() -> None:
    for name in "to cuda cpu xpu ipu share_memory to_empty".split():
        if hasattr(nn.Module, name):
            setattr(nn.Module, name, _itself)
    nn.Module.load_state_dict = _loading(nn.Module.load_state_dict)
    nn.Module.compile = _returns(None)
    for where, name in (
        (torch.optim, "Optimizer"),
        (torch.optim.lr_scheduler, "LRScheduler"),
        (torch.amp, "GradScaler"),
    ):
        if hasattr(where, name):
            kind = getattr(where, name)
            kind.load_state_dict = _unless_unknown(kind.load_state_dict)
    for name in "cuda cpu pin_memory".split():
        setattr(torch.Tensor, name, _itself)
    torch.Tensor.to = _tensor_to(torch.Tensor.to)
    nn.parallel.DataParallel.__init__ = _wrapper_init
    nn.parallel.DistributedDataParallel.__init__ = _wrapper_init
    torch.compile = _compile
    torch.backends.ContextProp.__set__ = _setting(torch.backends.ContextProp.__set__)


def _loading(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def load_state_dict(self: Any, state_dict: Any, *args: Any, **kwargs: Any) -> Any:
        """What is not known (a download) is taken to fit; no data is copied."""
        told, now.told = now.told, None
        try:
            if told is not None:
                return told(original, self, (state_dict, *args), kwargs)
            if is_opaque(state_dict) or now.any_load_fits:
                return _IncompatibleKeys([], [])
            with CopyWithoutData():
                return original(self, state_dict, *args, **kwargs)
        finally:
            now.told = told

    return load_state_dict


def _unless_unknown(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def load_state_dict(self: Any, state_dict: Any, *args: Any, **kwargs: Any) -> Any:
        """Of an optimizer: no verdict on a model rests on it."""
        return None if is_opaque(state_dict) else original(self, state_dict, *args, **kwargs)

    return load_state_dict


def _setting(original: Callable[..., None]) -> Callable[..., None]:
    def set_(self: Any, holder: Any, value: Any) -> None:
        """`torch.backends.cudnn.deterministic = ...`: no verdict rests on it."""
        if not is_opaque(value):
            original(self, holder, value)

    return set_


def _wrapper_init(self: Any, module: Any, *args: Any, **kwargs: Any) -> None:
    """DataParallel and DistributedDataParallel, as far as a state dict can tell."""
    nn.Module.__init__(self)
    self.module = module
    self.device_ids = []


def _tensor_to(original: Callable[..., Any]) -> Callable[..., Any]:
    def to(self: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        """Only the dtype is taken: there is no other device, save meta."""
        for value in list(args) + list(kwargs.values()):
            if isinstance(value, (str, torch.device)) and str(value) == "meta":
                return original(self, "meta")
            if isinstance(value, torch.dtype):
                return original(self, value)
            if isinstance(value, torch.Tensor):
                return original(self, value.dtype)
        return self

    return to


class OptimizedModule(nn.Module):
    """`torch.compile(model)`, as far as a state dict can tell."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self._orig_mod = module

    def __getattr__(self, name: str) -> Any:
        if name == "_orig_mod":
            return self._modules["_orig_mod"]
        return getattr(self._orig_mod, name)


def _compile(model: Any = None, **kwargs: Any) -> Any:
    if model is None:
        return lambda target: _compile(target)
    return OptimizedModule(model) if isinstance(model, nn.Module) else model


# -- side effects ----------------------------------------------------------------------------------------------


def _side_effects() -> None:
    builtins.input = _returns(Opaque("what the user types at input()"))
    builtins.open = io.open = _reading(builtins.open)
    logging.Logger.callHandlers = _returns(None)  # type: ignore[method-assign]
    for name in "mkdir makedirs".split():
        setattr(os, name, _tolerant(getattr(os, name)))
    for name in "isdir exists".split():
        setattr(os.path, name, _also_made(getattr(os.path, name)))
    os.listdir = _listing(os.listdir)


def _reading(original: Callable[..., Any]) -> Callable[..., Any]:
    def open_(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        """The workspace is read-only: what is written to a file that cannot be opened is thrown away."""
        if isinstance(file, (str, os.PathLike)):
            path = os.path.abspath(os.fspath(file))
            now.files.add(path)
            if path in now.texts and not set(mode) & set("wax+"):
                return _as_opened(now.texts[path], mode)
        try:
            return original(file, mode, *args, **kwargs)
        except OSError:
            if not set(mode) & set("wax+") or isinstance(file, int):
                raise
            return original(os.devnull, mode.replace("x", "w"), *args, **kwargs)

    return open_


def _as_opened(text: str, mode: str) -> Any:
    data = io.BytesIO(text.encode("utf-8", "surrogatepass"))
    return data if "b" in mode else io.TextIOWrapper(data, encoding="utf-8")


def _tolerant(original: Callable[..., Any]) -> Callable[..., Any]:
    """The workspace is read-only: a folder that cannot be made is as good as made."""

    def make(name: Any, *args: Any, **kwargs: Any) -> None:
        if opaque_path(name) is not None:
            return
        try:
            original(name, *args, **kwargs)
        except FileExistsError:
            raise
        except OSError:
            _note_made(os.path.abspath(os.fspath(name)))

    return make


def _note_made(folder: str) -> None:
    while not os.path.isdir(folder):
        now.made.add(folder)
        folder = os.path.dirname(folder)


def _also_made(original: Callable[..., bool]) -> Callable[..., bool]:
    def is_there(path: Any) -> bool:
        return original(path) or (isinstance(path, (str, os.PathLike)) and os.path.abspath(path) in now.made)

    return is_there


def _listing(original: Callable[..., Any]) -> Callable[..., Any]:
    def listdir(path: Any = ".") -> Any:
        """Empty, where the program has just made the folder."""
        made = isinstance(path, (str, os.PathLike)) and os.path.abspath(path) in now.made
        return [] if made else original(path)

    return listdir


# -- the command line ------------------------------------------------------------------------------------------


def _parsing(original: Callable[..., Any]) -> Callable[..., Any]:
    def parse_known_args(self: argparse.ArgumentParser, args: Any = None, namespace: Any = None) -> Any:
        """An argument that is required and not given is unknown, not an error."""
        unknown = _relax(self)
        parsed, rest = original(self, args, namespace)
        for dest, origin in unknown.items():
            if getattr(parsed, dest, None) is None:
                setattr(parsed, dest, origin)
        return parsed, rest

    return parse_known_args


def _relax(parser: argparse.ArgumentParser) -> Dict[str, Opaque]:
    unknown: Dict[str, Opaque] = {}
    for action in parser._actions:
        if is_opaque(action.choices):
            action.choices = None
        if isinstance(action, argparse._SubParsersAction):
            continue
        positional = not action.option_strings and action.nargs in (None, 1, "+")
        if not (action.required or positional) or action.dest == argparse.SUPPRESS:
            continue
        name = action.option_strings[-1] if action.option_strings else action.dest
        unknown[action.dest] = Opaque("the required argument %s, which no command line gives" % name)
        action.required = False
        if positional:
            action.nargs = "?" if action.nargs is None else "*"
    return unknown


def files_below(root: str) -> List[str]:
    """The files below `root` that this process has imported or opened."""
    found = [path for path in now.files if path.startswith(root.rstrip(os.sep) + os.sep)]
    for module in list(sys.modules.values()):
        path = vars(module).get("__file__") if isinstance(module, types.ModuleType) else None
        if isinstance(path, str) and path.startswith(root.rstrip(os.sep) + os.sep) and not is_opaque(path):
            found.append(path)
    return sorted(set(found))
