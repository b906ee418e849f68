"""torch is the judge: the real `load_state_dict`, on a model and a state dict that hold no data.

The three lists are the very lists that torch fills (a pre-hook on the root module is handed them by
reference), so hooks and overrides of the user's classes have their say.  Where tensors without data cannot
be judged (sparse, quantized, expanded; a hook that reads values) the answer is `CannotJudge`, never a guess.
"""

from __future__ import annotations

import re
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from .doubles import Opaque, Stop

_SIZE_MISMATCH = re.compile(
    r"size mismatch for (.*): copying a param with shape torch\.Size\(\[([^\]]*)\]\) from checkpoint, "
    r"the shape in current model is torch\.Size\(\[([^\]]*)\]\)\.\Z",
    re.DOTALL,
)


class CannotJudge(Exception):
    """A clause saying why these two cannot be compared without data."""


class Outcome:
    """What torch did: `error` is the exception or None, the lists are torch's own."""

    def __init__(
        self,
        error: Optional[BaseException],
        missing: List[str],
        unexpected: List[str],
        mismatched: List[List[Any]],
        returned: Any,
    ) -> None:
        self.error = error
        self.missing = missing
        self.unexpected = unexpected
        self.mismatched = mismatched
        self.returned = returned

    @property
    def clean(self) -> bool:
        return self.error is None and not (self.missing or self.unexpected or self.mismatched)


class CopyWithoutData(TorchFunctionMode):
    """Lets `copy_` judge shapes where only one side is a meta tensor."""

    def __torch_function__(
        self, func: Any, types: Any, args: Tuple[Any, ...] = (), kwargs: Optional[Dict[str, Any]] = None
    ) -> Any:
        if func is torch.Tensor.copy_ and len(args) >= 2:
            target, source = args[0], args[1]
            if isinstance(source, torch.Tensor) and source.is_meta != target.is_meta:
                shell = torch.empty_like(target, device="meta")
                shell.copy_(torch.empty_like(source, device="meta"))
                return target
        return func(*args, **(kwargs or {}))


def load(call: Callable[[], Any], module: nn.Module, state_dict: Any) -> Outcome:
    """Runs `call`, which loads `state_dict` into `module`, and says what torch did.

    Raises CannotJudge; lets `Stop` through."""
    _refuse_what_meta_cannot_judge(module, state_dict)
    lists: List[Tuple[List[str], List[str], List[str]]] = []

    def peek(*args: Any) -> None:
        lists.append((args[-3], args[-2], args[-1]))

    handle = module._register_load_state_dict_pre_hook(peek)
    error: Optional[Exception] = None
    returned: Any = None
    try:
        with CopyWithoutData():
            returned = call()
    except Stop:
        raise
    except Exception as raised:
        error = raised
    finally:
        handle.remove()
    if error is not None:
        _refuse_artefact(error)
    return _outcome(error, returned, lists)


def _outcome(error: Optional[Exception], returned: Any, lists: List[Tuple[List[str], List[str], List[str]]]) -> Outcome:
    if lists:
        missing, unexpected, messages = lists[-1]
    else:
        missing = list(getattr(returned, "missing_keys", []))
        unexpected = list(getattr(returned, "unexpected_keys", []))
        messages = []
    return Outcome(error, list(missing), list(unexpected), mismatches(messages), returned)


def mismatches(messages: List[str]) -> List[List[Any]]:
    """[key, shape in checkpoint, shape in model] of each size mismatch among torch's messages."""
    found = []
    for message in messages:
        match = _SIZE_MISMATCH.match(message)
        if match:
            found.append([match.group(1), _shape(match.group(2)), _shape(match.group(3))])
    return found


def _shape(text: str) -> List[int]:
    return [int(part) for part in text.split(",") if part.strip()]


def _refuse_artefact(error: Exception) -> None:
    """An error that names meta tensors is ours, not the user's."""
    text = str(error)
    if isinstance(error, NotImplementedError) or "meta tensor" in text or "Meta" in text or "'meta'" in text:
        raise CannotJudge("a hook or an override reads the values of tensors (%s)" % _first_line(text))


def _first_line(text: str) -> str:
    return text.strip().splitlines()[0][:120] if text.strip() else "no message"


def _refuse_what_meta_cannot_judge(module: nn.Module, state_dict: Any) -> None:
    if isinstance(state_dict, Mapping):
        for key, value in state_dict.items():
            if isinstance(value, Opaque):
                raise CannotJudge("the value of %r is %s" % (key, value._ckpt_origin))
            why = getattr(value, "_ckpt_unjudged", None)
            if why:
                raise CannotJudge("%r is %s, which cannot be judged without data" % (key, why))
    for name, tensor in _own_tensors(module):
        if not _lazy(tensor) and _expanded(tensor):
            raise CannotJudge("%r of the model is an expanded tensor" % name)


def _own_tensors(module: nn.Module) -> List[Tuple[str, torch.Tensor]]:
    return list(module.named_parameters(remove_duplicate=False)) + list(module.named_buffers(remove_duplicate=False))


def _lazy(tensor: torch.Tensor) -> bool:
    return isinstance(tensor, (nn.parameter.UninitializedParameter, nn.parameter.UninitializedBuffer))


def _expanded(tensor: torch.Tensor) -> bool:
    if tensor.layout != torch.strided:
        return False
    return any(stride == 0 and size > 1 for stride, size in zip(tensor.stride(), tensor.shape))


def entries(state_dict: Any) -> List[List[Any]]:
    """[key, shape or None] of a state dict, in its order."""
    found = []
    for key, value in state_dict.items():
        shape = list(value.shape) if isinstance(value, torch.Tensor) and not _lazy(value) else None
        found.append([str(key), shape])
    return found
