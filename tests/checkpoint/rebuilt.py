"""The real objects that a record describes, for comparing: executes what it says, so for trusted files only."""

from __future__ import annotations

import collections
import importlib
from typing import Any

import numpy as np
import torch

from ckpt_lsp.worker.checkpoint.order import MAKE, steps
from ckpt_lsp.worker.checkpoint.records import (
    Call,
    DictOf,
    Global,
    ListOf,
    Node,
    Record,
    Ref,
    SetOf,
    Storage,
    Tensor,
    TupleOf,
)


class Seen:
    """Stands for a tensor or storage of the record."""

    def __init__(self, node: Any, storage: Any = None, parts: Any = ()) -> None:
        self.node = node
        self.storage = storage
        self.parts = parts
        self.attributes: dict[str, Any] = {}


def rebuild(record: Record) -> Any:
    """Follows `order.steps`, as any consumer would."""
    made: dict[int, Any] = {}

    def value(item: Any) -> Any:
        return made[item.number] if isinstance(item, Ref) else item

    for action, number in steps(record):
        if action == MAKE:
            made[number] = _make(record.nodes[number], value)
        else:
            _fill(made[number], record.nodes[number], value)
    return value(record.root)


def _make(node: Node, value: Any) -> Any:
    if isinstance(node, ListOf):
        return []
    if isinstance(node, TupleOf):
        return tuple(value(item) for item in node.items)
    if isinstance(node, SetOf):
        return frozenset(value(item) for item in node.items) if node.frozen else set()
    if isinstance(node, DictOf):
        cls = _import(node.kind)
        return cls(value(node.factory)) if cls is collections.defaultdict else cls()
    if isinstance(node, Storage):
        return Seen(node)
    if isinstance(node, Tensor):
        return Seen(node, value(node.storage), [value(part) for part in node.parts])
    if isinstance(node, Global):
        return _import(node.name)
    return _call(node, value)


def _import(name: str) -> Any:
    module, _, attribute = name.rpartition(".")
    try:
        return getattr(importlib.import_module(module), attribute)
    except ModuleNotFoundError:
        return getattr(_import(module), attribute)


def _call(node: Call, value: Any) -> Any:
    function, args = value(node.function), [value(item) for item in node.args]
    keywords = dict(zip(node.keyword_names, map(value, node.keyword_values), strict=True))
    if node.how == "new":
        return function.__new__(function, *args, **keywords)
    return function(*args, **keywords)


def _fill(target: Any, node: Node, value: Any) -> None:
    if isinstance(node, ListOf):
        target.extend(value(item) for item in node.items)
    elif isinstance(node, SetOf):
        target.update([value(item) for item in node.items])
    elif isinstance(node, DictOf):
        for k, v in zip(node.keys, node.values, strict=True):
            target[value(k)] = value(v)
        for name, item in node.attributes:
            setattr(target, name, value(item))
    elif isinstance(node, Tensor):
        target.attributes = {name: value(item) for name, item in node.attributes}
    elif isinstance(node, Call):
        for item in node.list_items:
            target.append(value(item))
        for k, v in zip(node.keys, node.values, strict=True):
            target[value(k)] = value(v)
        for state in node.states:
            _set_state(target, value(state))


def _set_state(target: Any, state: Any) -> None:
    if hasattr(target, "__setstate__"):
        target.__setstate__(state)
        return
    plain, slots = state if isinstance(state, tuple) else (state, None)
    if plain:
        target.__dict__.update(plain)
    for name, item in (slots or {}).items():
        setattr(target, name, item)


def describe(value: Any) -> Any:
    """Nested lists that are equal if, and only if, two objects are alike, sharing included."""
    return _Describer().of(value)


class _Describer:
    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}
        self._kept: list[Any] = []

    def of(self, value: Any) -> Any:
        if value is None or (isinstance(value, (bool, int, str, bytes, complex)) and not hasattr(value, "__dict__")):
            return [type(value).__name__, value]
        if type(value) is float:
            return ["float", value.hex()]
        if isinstance(value, tuple) and not value:
            return [type(value).__name__]
        number = self._numbers.get(id(value))
        if number is not None:
            return ["again", number]
        self._numbers[id(value)] = len(self._numbers)
        self._kept.append(value)
        return self._object(value)

    def _object(self, value: Any) -> Any:
        if isinstance(value, torch.nn.parameter.UninitializedTensorMixin):
            return ["uninitialized", type(value).__qualname__]
        if isinstance(value, (torch.Tensor, Seen)):
            return self._tensor(value)
        if isinstance(value, torch.TypedStorage):
            return ["storage", str(value.dtype).removeprefix("torch."), value.size()]
        if isinstance(value, np.ndarray):
            return ["array", str(value.dtype), value.shape, value.tobytes()]
        if isinstance(value, np.generic):
            return ["number", str(value.dtype), value.tobytes()]
        name = [type(value).__module__, type(value).__qualname__]
        if isinstance(value, type) or (callable(value) and hasattr(value, "__qualname__")):
            return ["code", value.__module__, value.__qualname__]
        return [*name, self._content(value), self._attributes(value)]

    def _content(self, value: Any) -> Any:
        if isinstance(value, dict):
            return [[self.of(k), self.of(v)] for k, v in value.items()]
        if isinstance(value, (list, tuple, collections.deque)):
            return [self.of(item) for item in value]
        if isinstance(value, (set, frozenset)):
            return sorted(map(repr, value))
        return None if hasattr(value, "__dict__") or hasattr(value, "__slots__") else repr(value)

    def _attributes(self, value: Any) -> Any:
        found = dict(getattr(value, "__dict__", {}))
        found.update((name, getattr(value, name)) for name in getattr(value, "__slots__", ()) if hasattr(value, name))
        return [[name, self.of(item)] for name, item in found.items()]

    def _tensor(self, value: Any) -> Any:
        if isinstance(value, Seen) and isinstance(value.node, Storage):
            return ["storage", value.node.dtype, value.node.numel]
        facts = _seen_facts(value) if isinstance(value, Seen) else _real_facts(value)
        attributes = value.attributes if isinstance(value, Seen) else dict(getattr(value, "__dict__", {}))
        return ["tensor", facts, self._memory(value), [[name, self.of(item)] for name, item in attributes.items()]]

    def _memory(self, value: Any) -> Any:
        """Which other tensors lie in the same storage."""
        if isinstance(value, Seen):
            key = value.storage
        else:
            strided = value.layout == torch.strided and value.device.type != "meta" and not value.is_nested
            key = value.untyped_storage()._cdata if strided else None
        if key is None:
            return None
        self._kept.append(key)
        name = id(key) if isinstance(key, Seen) else -key
        return self._numbers.setdefault(name, len(self._numbers))


def _seen_facts(value: Seen) -> Any:
    node = value.node
    layout = {"quantized": "strided", "meta": "strided", "nested": "strided"}.get(node.layout, node.layout)
    strided = layout == "strided" and node.layout != "nested"
    place = [node.stride, node.storage_offset] if strided else None
    flags = [node.requires_grad, node.is_parameter, node.conj, node.neg, node.subclass]
    return [node.dtype, node.shape, layout, place, flags]


def _real_facts(value: torch.Tensor) -> Any:
    layout = str(value.layout).removeprefix("torch.")
    strided = layout == "strided" and not value.is_nested
    place = [value.stride(), value.storage_offset()] if strided else None
    cls = type(value)
    known = cls in (torch.Tensor, torch.nn.Parameter)
    name = None if known else f"{cls.__module__}.{cls.__qualname__}"
    complex_bits = [value.is_conj(), value.is_neg()] if strided else [False, False]
    flags = [value.requires_grad, isinstance(value, torch.nn.Parameter), *complex_bits, name]
    shape = () if value.is_nested else tuple(value.shape)
    return [str(value.dtype).removeprefix("torch."), shape, layout, place, flags]
