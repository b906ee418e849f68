"""At the load site: asks the oracle, and remembers what was loaded into what.

The call may be `model.load_state_dict(state_dict)` itself or one of its relatives, a function that reads a file
and loads it: then the real function runs, and the load inside it is the one that is judged.
"""

from __future__ import annotations

import re
from typing import Any, Callable, Dict, List, NoReturn, Optional, Sequence, Set

from torch import nn

from . import build, oracle, world
from .doubles import is_opaque, ledger


class Probed:
    """What one execution of the load site showed."""

    def __init__(self, receiver: nn.Module, state_dict: Any, strict: bool, outcome: oracle.Outcome) -> None:
        self.receiver = receiver
        self.state_dict = state_dict
        self.strict = strict
        self.outcome = outcome


class Probe:
    """The load site of one dry run, each time that the program comes to it."""

    def __init__(self, rung: str) -> None:
        self._rung = rung
        self.probed: List[Probed] = []
        self.skipped: Optional[str] = None
        """Why a call that was made says nothing."""
        self.cannot: Optional[str] = None
        """Why the oracle could not judge without data."""
        self.model: Optional[str] = None
        self.naming = False
        """Only to learn the model's name: what an absent file holds is made up, nothing is loaded."""
        self.given: Any = None
        """What the call was given while naming."""

    def method(self, receiver: Any) -> Callable[..., Any]:
        """Stands for `receiver.load_state_dict`."""
        if isinstance(receiver, nn.Module):
            self.model = qualified(type(receiver))

        def call(*args: Any, **kwargs: Any) -> Any:
            if is_opaque(receiver):
                ledger.stop("the model depends on %s" % receiver._ckpt_origin)
            if not isinstance(receiver, nn.Module):
                self.skipped = "the receiver is a %s, not a torch.nn.Module" % type(receiver).__name__
                return receiver.load_state_dict(*args, **kwargs)
            return self._load(receiver.load_state_dict, receiver, args, kwargs)

        return call

    def relative(self, function: Any) -> Callable[..., Any]:
        """Stands for `function`, which loads a file into a model that it is given or builds."""

        def call(*args: Any, **kwargs: Any) -> Any:
            if is_opaque(function):
                ledger.stop("the call depends on %s" % function._ckpt_origin)
            if self._rung != "cpu" and str(getattr(function, "__module__", "")).startswith("accelerate"):
                self._give_up("%s looks at the devices of tensors" % function.__name__)
            before = len(self.probed)
            try:
                with world.loads_told_to(lambda *load: self._load_within(function, *load)):
                    returned = function(*args, **kwargs)
            except Exception as error:
                self._failed(function, self.probed[before:], error, args, kwargs)
                raise
            if len(self.probed) == before:
                self.skipped = "%s loads no state dict into a torch.nn.Module here" % function.__name__
            return returned

        return call

    # -- one load ----------------------------------------------------------------------------------------------

    def _load(self, function: Callable[..., Any], receiver: nn.Module, args: Any, kwargs: Dict[str, Any]) -> Any:
        """Loads as the program does.  Raises what torch raises."""
        self.model = qualified(type(receiver))
        state_dict = kwargs.get("state_dict", args[0] if args else None)
        if self.naming:
            self.given = state_dict
            ledger.stop("a checkpoint on the way is not there")
        _refuse_unknown(receiver, state_dict)
        copy = shallow(state_dict)
        outcome = self._judged(lambda: function(*args, **kwargs), receiver, state_dict)
        self.probed.append(Probed(receiver, copy, _strict(args, kwargs), outcome))
        if outcome.error is not None:
            raise outcome.error
        return outcome.returned

    def _load_within(self, relative: Any, load: Callable[..., Any], receiver: nn.Module, args: Any, kwargs: Any) -> Any:
        self._refuse_shared(relative, receiver)
        return self._load(lambda *a, **k: load(receiver, *a, **k), receiver, args, kwargs)

    def _judged(self, call: Callable[[], Any], receiver: nn.Module, state_dict: Any) -> oracle.Outcome:
        try:
            return oracle.load(call, receiver, state_dict)
        except oracle.CannotJudge as error:
            self._give_up(str(error))

    def _give_up(self, why: str) -> NoReturn:
        self.cannot = why
        ledger.stop(why)

    def _refuse_shared(self, relative: Any, receiver: nn.Module) -> None:
        """safetensors forgives names of shared tensors, which it knows by addresses: real tensors have them."""
        looks = str(getattr(relative, "__module__", "")).startswith("safetensors")
        if looks and self._rung != "cpu" and _shares(receiver.state_dict().values()):
            self._give_up("%s looks at which tensors share their memory" % relative.__name__)

    def _failed(self, function: Any, probed: Sequence[Probed], error: Exception, args: Any, kwargs: Any) -> None:
        """What the function itself raises after its load is the word of this site."""
        if not probed or probed[-1].outcome.error is error or build.needs_real_values(error):
            return
        last = probed[-1]
        last.outcome.error, last.strict = error, True
        named = {section: set(_KEY.findall(keys)) for section, keys in _SECTION.findall(str(error))}
        if named:
            own = [key for key in last.receiver.state_dict() if key in named.get("Missing", set())]
            given = [key for key in last.state_dict if key in named.get("Unexpected", set())]
            last.outcome.missing, last.outcome.unexpected = own, given


_SECTION = re.compile(r"(Missing|Unexpected) key\(s\) in state_dict: (.*)")
_KEY = re.compile(r'"([^"]*)"')


def _shares(tensors: Any) -> bool:
    seen: Set[int] = set()
    for tensor in tensors:
        if hasattr(tensor, "untyped_storage"):
            storage = tensor.untyped_storage()._cdata
            if storage in seen:
                return True
            seen.add(storage)
    return False


def _refuse_unknown(receiver: nn.Module, state_dict: Any) -> None:
    if is_opaque(state_dict):
        ledger.stop("the state dict depends on %s" % state_dict._ckpt_origin)
    for value in [receiver, state_dict] + list(receiver.modules()):
        why = ledger.taint_of(value)
        if why:
            ledger.stop("the %s is not certain: %s" % ("state dict" if value is state_dict else "model", why))


def _strict(args: Any, kwargs: Dict[str, Any]) -> bool:
    return bool(kwargs.get("strict", args[1] if len(args) > 1 else True))


def qualified(kind: type) -> str:
    """The class's name with its module: "raft.RAFT"."""
    module = kind.__module__
    return kind.__qualname__ if module in ("__main__", "builtins") else "%s.%s" % (module, kind.__qualname__)


def shallow(state_dict: Any) -> Any:
    """A copy that keeps order, class and `_metadata`; the value itself where it is no dict."""
    if not isinstance(state_dict, dict):
        return state_dict
    copy: Any = type(state_dict)() if type(state_dict).__module__ == "collections" else dict()
    copy.update(state_dict)
    metadata = getattr(state_dict, "_metadata", None)
    if metadata is not None and hasattr(copy, "__dict__"):
        copy._metadata = type(metadata)((name, dict(value)) for name, value in metadata.items())
    return copy
