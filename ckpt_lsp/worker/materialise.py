"""From a record to the objects that loading the file would give, with meta tensors in place of the data.

Plain containers and tensors are made here.  What the file itself would make by a call (a Namespace, a numpy scalar,
a whole module) is made by that call, as the user's program would: a caller that must not run it (weights_only=True)
has refused the record before.  What cannot be made is opaque.
"""

from __future__ import annotations

import collections
import importlib
import sys
from typing import Any, Callable, Dict, List, Optional, Tuple

import torch
from torch import nn

from .checkpoint import records
from .checkpoint.errors import printable
from .checkpoint.hazards import Own, hazards
from .checkpoint.records import Cut, Record, Ref, Value
from .doubles import Opaque, is_opaque

Unrecorded = Callable[[Tuple[Any, ...]], Any]
"""What stands for a value that the lock does not hold, by the keys that lead to it."""

_KINDS = {
    "builtins.dict": dict,
    "collections.OrderedDict": collections.OrderedDict,
    "collections.Counter": collections.Counter,
}


_NAMED = 3


class RunsCode(Exception):
    """The record calls more than what makes its objects; none of it has been called."""

    def __init__(self, names: Tuple[str, ...]) -> None:
        more = " and %d more" % (len(names) - _NAMED) if len(names) > _NAMED else ""
        super().__init__(printable(", ".join(names[:_NAMED])) + more)
        self.names = names


def materialise(
    record: Record, own: Own = lambda package: False, unrecorded: Optional[Unrecorded] = None
) -> Tuple[Any, List[torch.Tensor]]:
    """The root object, and every tensor that was made for it; `own` tells packages of the workspace, `unrecorded`
    comes with a record of the lock.

    Raises RunsCode, and RecursionError where it is nested too deeply."""
    names = hazards(record, own)
    if names:
        raise RunsCode(names)
    maker = _Maker(record, unrecorded)
    return maker.value(record.root), maker.tensors


class _Maker:
    def __init__(self, record: Record, unrecorded: Optional[Unrecorded]) -> None:
        self._record = record
        self._unrecorded = unrecorded
        self._keys: List[Any] = []
        self._made: Dict[int, Any] = {}
        self.tensors: List[torch.Tensor] = []

    def value(self, value: Value) -> Any:
        if isinstance(value, Ref):
            if value.number not in self._made:
                self._make(value.number)
            return self._made[value.number]
        if isinstance(value, Cut):
            if self._unrecorded is not None and not value.length:
                return self._unrecorded(tuple(self._keys))
            return Opaque("a value of %d bytes, which is not read" % value.length)
        return value

    def _make(self, number: int) -> None:
        """Containers are entered before they are filled, since they may hold themselves."""
        node = self._record.nodes[number]
        if isinstance(node, records.ListOf):
            made: List[Any] = []
            self._made[number] = made
            made.extend(self._items(node.items))
        elif isinstance(node, records.DictOf):
            self._dict(number, node)
        elif isinstance(node, records.Call):
            self._call(number, node)
        else:
            self._made[number] = self._leaf(node)

    def _leaf(self, node: Any) -> Any:
        if isinstance(node, records.Tensor):
            return self._tensor(node)
        if isinstance(node, records.TupleOf):
            return tuple(self._items(node.items))
        if isinstance(node, records.SetOf):
            items = map(self.value, node.items)
            return frozenset(items) if node.frozen else set(items)
        if isinstance(node, records.Global):
            return _imported(node)
        return Opaque("a bare storage, which is not read")

    def _dict(self, number: int, node: records.DictOf) -> None:
        made: Any
        if node.kind == "collections.defaultdict":
            made = collections.defaultdict(self.value(node.factory))
        else:
            made = _KINDS.get(node.kind, dict)()
        self._made[number] = made
        for key, value in zip(node.keys, node.values):
            made[self.value(key)] = self._under(key, value)
        for name, value in node.attributes:
            setattr(made, name, self._under(name, value))

    def _items(self, items: Tuple[Value, ...]) -> List[Any]:
        return [self._under(number, item) for number, item in enumerate(items)]

    def _under(self, key: Any, value: Value) -> Any:
        """`value` with `key` added to the way that leads to it."""
        self._keys.append(key)
        made = self.value(value)
        self._keys.pop()
        return made

    # -- tensors -----------------------------------------------------------------------------------------------

    def _tensor(self, node: records.Tensor) -> Any:
        dtype = getattr(torch, node.dtype, None)
        if not isinstance(dtype, torch.dtype):
            return Opaque("a tensor of dtype %s, which this torch does not have" % node.dtype)
        tensor = _shell(node, dtype)
        if node.is_parameter:
            tensor = nn.Parameter(tensor, requires_grad=node.requires_grad)
        for name, value in node.attributes:
            setattr(tensor, name, self.value(value))
        unjudged = _unjudged(node)
        if unjudged:
            tensor._ckpt_unjudged = unjudged
        self.tensors.append(tensor)
        return tensor

    # -- calls -------------------------------------------------------------------------------------------------

    def _call(self, number: int, node: records.Call) -> None:
        function = self.value(node.function)
        args = tuple(map(self.value, node.args))
        keywords = dict(zip(node.keyword_names, map(self.value, node.keyword_values)))
        try:
            made = function.__new__(function, *args, **keywords) if node.how == "new" else function(*args, **keywords)
        except Exception as error:
            made = Opaque("an object of the checkpoint that cannot be made (%s: %s)" % (type(error).__name__, error))
        self._made[number] = made
        if is_opaque(made):
            return
        for state in node.states:
            _set_state(made, self.value(state))
        for item in node.list_items:
            made.append(self.value(item))
        for key, value in zip(node.keys, node.values):
            made[self.value(key)] = self.value(value)


def _shell(node: records.Tensor, dtype: torch.dtype) -> torch.Tensor:
    if node.layout == "quantized":
        # There are no quantized meta tensors; this one is never judged.
        return torch.empty(node.shape, device="meta")
    if node.stride and len(node.stride) == len(node.shape):
        return torch.empty_strided(node.shape, node.stride, dtype=dtype, device="meta")
    return torch.empty(node.shape, dtype=dtype, device="meta")


def _unjudged(node: records.Tensor) -> str:
    if node.layout not in ("strided", "meta"):
        return "a %s tensor" % node.layout
    return "a %s" % node.subclass if node.subclass else ""


def _imported(node: records.Global) -> Any:
    name = node.name[len(node.module) + 1 :] if node.name.startswith(node.module + ".") else node.name
    try:
        value: Any = sys.modules.get(node.module) or importlib.import_module(node.module)
        for part in name.split("."):
            value = getattr(value, part)
    except Exception as error:
        return Opaque("%s, which the checkpoint needs and which cannot be imported (%s)" % (node.name, error))
    return value


def _set_state(made: Any, state: Any) -> None:
    if hasattr(made, "__setstate__"):
        made.__setstate__(state)
        return
    plain, slots = state if isinstance(state, tuple) and len(state) == 2 else (state, None)
    if plain:
        made.__dict__.update(plain)
    for name, value in (slots or {}).items():
        setattr(made, name, value)
