"""How modules are built without their memory: the ladder meta -> hybrid -> cpu.

* ``meta``: every factory call makes meta tensors.  Fast, but code that reads a value (`x.item()`) fails.
* ``hybrid``: factories above 64 k elements make meta tensors, small ones are real, so values can be read.
* ``cpu``: everything is real, initialisers do nothing (pages that are never written cost no memory).
"""

from __future__ import annotations

import contextlib
import functools
from typing import Any, Callable, Dict, Iterator, Optional, Tuple

import torch
from torch.overrides import TorchFunctionMode

RUNGS = ("meta", "hybrid", "cpu")
SMALL = 65536
"""Elements up to which a hybrid tensor is real."""

_FACTORIES = frozenset(
    getattr(torch, name)
    for name in (
        "empty empty_strided zeros ones full rand randn randint randperm arange linspace logspace eye tensor "
        "as_tensor normal range scalar_tensor"
    ).split()
    if hasattr(torch, name)
)
_SIZED = frozenset(getattr(torch, name) for name in "empty zeros ones full rand randn".split() if hasattr(torch, name))


def next_rung(rung: str) -> Optional[str]:
    """The rung to try where `rung` could not build the model."""
    position = RUNGS.index(rung) + 1
    return RUNGS[position] if position < len(RUNGS) else None


class _Placing(TorchFunctionMode):
    """Gives factory calls a device that is there: no accelerator; meta where the rung says so."""

    def __init__(self, rung: str) -> None:
        super().__init__()
        self._rung = rung

    def __torch_function__(
        self, func: Any, types: Any, args: Tuple[Any, ...] = (), kwargs: Optional[Dict[str, Any]] = None
    ) -> Any:
        kwargs = dict(kwargs or {})
        if func in _FACTORIES:
            self._place(func, args, kwargs)
        return func(*args, **kwargs)

    def _place(self, func: Any, args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> None:
        device = kwargs.get("device")
        if device is not None and torch.device(device).type not in ("cpu", "meta"):
            kwargs["device"] = "cpu"
            device = None
        if (self._rung == "meta" and device is None) or (
            self._rung == "hybrid" and func in _SIZED and _elements(args, kwargs) > SMALL
        ):
            kwargs["device"] = "meta"


def _elements(args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> int:
    size: Any = kwargs.get("size", args)
    if len(size) >= 1 and isinstance(size[0], (tuple, list, torch.Size)):
        size = size[0]
    count = 1
    for dimension in size:
        if isinstance(dimension, int):
            count *= dimension
    return count


_INITIALISERS = (
    "uniform_ normal_ trunc_normal_ constant_ ones_ zeros_ eye_ dirac_ xavier_uniform_ xavier_normal_ "
    "kaiming_uniform_ kaiming_normal_ orthogonal_ sparse_"
).split()


@contextlib.contextmanager
def _no_initialisers() -> Iterator[None]:
    """`torch.nn.init.*` fills small real tensors only; it never changes a shape."""
    import torch.nn.init as init

    saved = {name: getattr(init, name) for name in _INITIALISERS if hasattr(init, name)}
    for name, function in saved.items():
        setattr(init, name, _only_small(function))
    try:
        yield
    finally:
        for name, function in saved.items():
            setattr(init, name, function)


def _only_small(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def initialise(tensor: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(tensor, torch.Tensor) and (tensor.is_meta or tensor.numel() > SMALL):
            return tensor
        return function(tensor, *args, **kwargs)

    return initialise


@contextlib.contextmanager
def building(rung: str) -> Iterator[None]:
    """The context in which a slice runs."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(_no_initialisers())
        stack.enter_context(_Placing(rung))
        yield


def needs_real_values(error: BaseException) -> bool:
    """True where `error` says that a meta tensor was asked for its data: the next rung may do."""
    text = str(error).lower()
    asks = "meta" in text or "incompatible tensor type" in text
    return asks and isinstance(error, (RuntimeError, NotImplementedError, TypeError, ValueError))
