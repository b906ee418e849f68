"""What torch's rebuild functions make of their arguments: tensors that know everything but their contents."""

from __future__ import annotations

from typing import Any, Callable, Dict, Tuple

from .dtypes import ITEM_SIZES, PACKED, dtype_named
from .errors import Malformed
from .graph import DraftCall, DraftDict, DraftTensor
from .records import Global, Storage

_LARGEST = (1 << 63) - 1
_MOST_DIMENSIONS = 1024


def ints(value: Any) -> Tuple[int, ...]:
    """A shape or stride.  Raises Malformed unless it is a short tuple of integers that are not negative."""
    if isinstance(value, DraftCall) and _is(value.function, "torch.Size") and len(value.args) == 1:
        value = value.args[0]
    if not isinstance(value, (tuple, list)) or len(value) > _MOST_DIMENSIONS:
        raise Malformed("holds a tensor whose shape is no shape")
    for item in value:
        if type(item) is not int or not 0 <= item <= _LARGEST:
            natural(item)
    return tuple(value)


def natural(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= _LARGEST:
        raise Malformed("holds a tensor with an impossible size, stride or offset")
    return value


def dtype(value: Any) -> str:
    found = dtype_named(value.name) if isinstance(value, Global) else None
    if found is None:
        raise Malformed("holds a tensor of an unknown dtype")
    return found


def flag(value: Any) -> bool:
    if type(value) is not bool:
        raise Malformed("holds a tensor whose requires_grad is neither True nor False")
    return value


def contiguous(shape: Tuple[int, ...]) -> Tuple[int, ...]:
    """The strides of a dense row-major tensor."""
    stride, steps = 1, []
    for size in reversed(shape):
        steps.append(stride)
        stride *= max(size, 1)
    return tuple(reversed(steps))


def dense(storage: Any, offset: Any, size: Any, stride: Any, kind: "str | None" = None, **facts: Any) -> DraftTensor:
    """A strided tensor over a storage.  Raises Malformed where it would reach beyond the storage's end."""
    if not isinstance(storage, Storage):
        raise Malformed("holds a tensor without a storage")
    shape, steps, start = ints(size), ints(stride), natural(offset)
    if len(shape) != len(steps):
        raise Malformed("holds a tensor whose strides do not fit its shape")
    kind = kind or storage.dtype
    _check_reach(storage, kind, shape, steps, start)
    return DraftTensor(storage, dict(facts, dtype=kind, shape=shape, stride=steps, storage_offset=start))


def _check_reach(storage: Storage, kind: str, shape: Tuple[int, ...], steps: Tuple[int, ...], start: int) -> None:
    if 0 in shape or kind in PACKED:
        return
    last = start
    for size, step in zip(shape, steps):
        last += (size - 1) * step
    needed, there = (last + 1) * ITEM_SIZES[kind], storage.numel * ITEM_SIZES[storage.dtype]
    if needed > there:
        raise Malformed(
            "holds a tensor that needs %d bytes of storage %s, which has only %d" % (needed, storage.key, there)
        )


# -- one function per rebuild function of torch ------------------------------------------------------------------


def _v1(storage: Any, offset: Any, size: Any, stride: Any) -> DraftTensor:
    return dense(storage, offset, size, stride)


def _v2(storage: Any, offset: Any, size: Any, stride: Any, grad: Any, hooks: Any, meta: Any = None) -> DraftTensor:
    return dense(storage, offset, size, stride, requires_grad=flag(grad), **_bits(meta))


def _v3(
    storage: Any, offset: Any, size: Any, stride: Any, grad: Any, hooks: Any, kind: Any, meta: Any = None
) -> DraftTensor:
    return dense(storage, offset, size, stride, dtype(kind), requires_grad=flag(grad), **_bits(meta))


def _bits(meta: Any) -> "Dict[str, Any]":
    if not isinstance(meta, DraftDict):
        return {}
    return {name: True for name in ("conj", "neg") if meta.get(name) is True}


def _parameter(data: Any, grad: Any = True, hooks: Any = None, state: Any = None) -> DraftTensor:
    made = _tensor(data).again(is_parameter=True, requires_grad=flag(grad))
    set_state(made, state)
    return made


def _variable(data: Any) -> DraftTensor:
    return _tensor(data).again()


def _quantized(
    storage: Any, offset: Any, size: Any, stride: Any, quantizer: Any, grad: Any = False, hooks: Any = None
) -> DraftTensor:
    made = dense(storage, offset, size, stride, layout="quantized", requires_grad=flag(grad))
    made.parts = quantizer if isinstance(quantizer, tuple) else ()
    return made


def _sparse(layout: Any, data: Any) -> DraftTensor:
    name = _layout(layout)
    place = 2 if name == "sparse_coo" else 3
    if not isinstance(data, tuple) or len(data) <= place:
        raise Malformed("holds a sparse tensor without its parts")
    values = _tensor(data[place - 1])
    return DraftTensor(None, {"dtype": values.facts["dtype"], "shape": ints(data[place]), "layout": name}, data[:place])


def _sparse_csr(crow: Any, columns: Any, values: Any, size: Any) -> DraftTensor:
    facts = {"dtype": _tensor(values).facts["dtype"], "shape": ints(size), "layout": "sparse_csr"}
    return DraftTensor(None, facts, (crow, columns, values))


_LAYOUTS = frozenset(["strided", "sparse_coo", "sparse_csr", "sparse_csc", "sparse_bsr", "sparse_bsc", "jagged"])


def _layout(value: Any) -> str:
    """ "sparse_coo" of `torch.serialization._get_layout("torch.sparse_coo")`."""
    name = value.name if isinstance(value, Global) else None
    if isinstance(value, DraftCall) and _is(value.function, "torch.serialization._get_layout") and value.args:
        name = value.args[0]
    if not isinstance(name, str) or not name.startswith("torch.") or name[6:] not in _LAYOUTS:
        raise Malformed("holds a tensor of an unknown layout")
    return name[6:]


def _nested(buffer: Any, sizes: Any, strides: Any, offsets: Any) -> DraftTensor:
    facts = {"dtype": _tensor(buffer).facts["dtype"], "shape": (), "layout": "nested"}
    return DraftTensor(None, facts, (buffer, sizes, strides, offsets))


def _meta(kind: Any, size: Any, stride: Any, grad: Any) -> DraftTensor:
    facts = {"dtype": dtype(kind), "shape": ints(size), "stride": ints(stride), "layout": "meta"}
    return DraftTensor(None, dict(facts, requires_grad=flag(grad)))


def _wrapper(
    cls: Any, kind: Any, size: Any, stride: Any, offset: Any, layout: Any, device: Any, grad: Any
) -> DraftTensor:
    facts: Dict[str, Any] = {"dtype": dtype(kind), "shape": ints(size), "stride": ints(stride)}
    subclass = cls.name if isinstance(cls, Global) else None
    return DraftTensor(None, dict(facts, layout=_layout(layout), subclass=subclass, requires_grad=flag(grad)))


def _from_device(data: Any, kind: Any, device: Any, grad: Any) -> DraftTensor:
    return _tensor(data).again(dtype=dtype(kind), requires_grad=flag(grad))


def _from_numpy(data: Any, kind: Any, device: Any, grad: Any) -> DraftTensor:
    shape = ints(_numpy_shape(data))
    facts = {"dtype": dtype(kind), "shape": shape, "stride": contiguous(shape)}
    return DraftTensor(None, dict(facts, requires_grad=flag(grad)))


def _numpy_shape(data: Any) -> Any:
    """A numpy array is `_reconstruct(…)` with the state (version, shape, dtype, is_fortran, bytes)."""
    state = data.states[0] if isinstance(data, DraftCall) and data.states else None
    if not isinstance(state, tuple) or len(state) != 5:
        raise Malformed("holds a tensor made of an unknown kind of array")
    return state[1]


def _subclass(function: Any, cls: Any, args: Any, state: Any) -> DraftTensor:
    """`_rebuild_from_type_v2`: what the function makes, seen as `cls`."""
    rebuild = REBUILD.get(function.name) if isinstance(function, Global) else None
    if rebuild is None or rebuild is _subclass or not isinstance(args, tuple):
        raise Malformed("holds a tensor subclass made in an unknown way")
    made = call(rebuild, args)
    name = cls.name if isinstance(cls, Global) else None
    if name == "torch.nn.parameter.Parameter":
        made = made.again(is_parameter=True)
    elif name != "torch.Tensor":
        made = made.again(subclass=name)
    set_state(made, state)
    return made


def _tensor(value: Any) -> DraftTensor:
    if not isinstance(value, DraftTensor):
        raise Malformed("holds a tensor made of something that is none")
    return value


def _is(value: Any, name: str) -> bool:
    return isinstance(value, Global) and value.name == name


def set_state(target: DraftTensor, state: Any) -> None:
    """`Tensor.__setstate__`, whose tuples are those of old versions, or attributes."""
    if isinstance(state, tuple) and len(state) == 5:
        made = _tensor(state[0])
        target.storage, target.facts = made.storage, {**made.facts, "requires_grad": state[3] is True}
    elif isinstance(state, tuple) and len(state) == 3:
        target.facts = {**target.facts, "requires_grad": state[0] is True}
    else:
        _set_attributes(target, state)


def _set_attributes(target: DraftTensor, state: Any) -> None:
    for part in state if isinstance(state, tuple) else (state,):
        if isinstance(part, DraftDict):
            target.attributes.update((key, value) for key, value in part.pairs() if type(key) is str)
    if target.attributes.get("_is_param") is True:  # how torch marks parameters of a class of their own
        target.facts = {**target.facts, "is_parameter": True}


def call(function: "Callable[..., DraftTensor]", args: "Tuple[Any, ...]") -> DraftTensor:
    """`function(*args)`.  Raises Malformed where the number of arguments is wrong."""
    code = function.__code__
    most, least = code.co_argcount, code.co_argcount - len(function.__defaults__ or ())
    if not least <= len(args) <= most:
        raise Malformed("holds a tensor made with the wrong arguments")
    return function(*args)


REBUILD: "Dict[str, Callable[..., DraftTensor]]" = {
    "torch._utils._rebuild_tensor": _v1,
    "torch._utils._rebuild_tensor_v2": _v2,
    "torch._utils._rebuild_tensor_v3": _v3,
    "torch._utils._rebuild_parameter": _parameter,
    "torch._utils._rebuild_parameter_with_state": _parameter,
    "torch.nn.parameter.Parameter": _parameter,
    "torch.autograd.variable.Variable": _variable,
    "torch._utils._rebuild_qtensor": _quantized,
    "torch._utils._rebuild_sparse_tensor": _sparse,
    "torch._utils._rebuild_sparse_csr_tensor": _sparse_csr,
    "torch._utils._rebuild_nested_tensor": _nested,
    "torch._utils._rebuild_meta_tensor_no_storage": _meta,
    "torch._utils._rebuild_wrapper_subclass": _wrapper,
    "torch._utils._rebuild_device_tensor_from_cpu_tensor": _from_device,
    "torch._utils._rebuild_device_tensor_from_numpy": _from_numpy,
    "torch._utils._rebuild_xla_tensor": _from_numpy,
    "torch._tensor._rebuild_from_type": _subclass,
    "torch._tensor._rebuild_from_type_v2": _subclass,
}
