"""The safetensors format: an 8-byte length, a JSON header of names, dtypes, shapes and places, then the data."""

from __future__ import annotations

import json
import struct
from typing import Any, Dict, List, Tuple

from .dtypes import ITEM_SIZES
from .errors import Malformed, TooLarge, Truncated
from .graph import DraftDict
from .reading import Reading
from .records import Tensor
from .source import Source
from .tensors import contiguous

_MOST_HEADER = 10 << 20
_MOST_BRACKETS = 500_000
"""Each may become an object of many times its size; a tensor has three."""
_DTYPES: Dict[str, str] = {
    "BOOL": "bool",
    "U8": "uint8",
    "I8": "int8",
    "F8_E5M2": "float8_e5m2",
    "F8_E4M3": "float8_e4m3fn",
    "F8_E8M0": "float8_e8m0fnu",
    "F8_E4M3FNUZ": "float8_e4m3fnuz",
    "F8_E5M2FNUZ": "float8_e5m2fnuz",
    "F4": "float4_e2m1fn_x2",
    "I16": "int16",
    "U16": "uint16",
    "F16": "float16",
    "BF16": "bfloat16",
    "I32": "int32",
    "U32": "uint32",
    "F32": "float32",
    "C64": "complex64",
    "I64": "int64",
    "U64": "uint64",
    "F64": "float64",
}


def header_length(source: Source) -> int:
    """The header's length if this looks like a safetensors file, else 0."""
    start = source.some_at(0, 9)
    if len(start) < 9 or start[8:] != b"{":
        return 0
    return int(struct.unpack("<Q", start[:8])[0])


def read_safetensors(source: Source) -> Reading:
    """Raises CheckpointError."""
    length = header_length(source)
    if length > _MOST_HEADER:
        raise TooLarge("has a safetensors header of %d bytes" % length)
    header = _parse(source.read_at(8, length))
    metadata = header.pop("__metadata__", {})
    places = sorted((_place(entry), name) for name, entry in header.items())
    _check_places([place for place, _ in places], source.size - 8 - length, source.size)
    root = DraftDict()
    root.update((name, _tensor(name, header[name], end - begin)) for (begin, end), name in places)
    return Reading("safetensors", root, _metadata(metadata))


def _parse(data: bytes) -> Dict[str, Any]:
    if data.count(b"{") + data.count(b"[") > _MOST_BRACKETS:
        raise TooLarge("has a safetensors header of more entries than a checkpoint of weights needs")
    try:
        header = json.loads(data.decode("utf-8"), object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise Malformed("has a safetensors header that is no JSON (%s)" % error) from None
    if not isinstance(header, dict):
        raise Malformed("has a safetensors header that is no object")
    return header


def _unique(pairs: "List[Tuple[str, Any]]") -> Dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name occurs twice")
    return found


def _place(entry: Any) -> Tuple[int, int]:
    place = entry.get("data_offsets") if isinstance(entry, dict) else None
    if not isinstance(place, list) or len(place) != 2 or not _natural(place):
        raise Malformed("has a safetensors entry without a place")
    return place[0], place[1]


def _natural(values: "List[Any]") -> bool:
    return all(type(value) is int and 0 <= value < 1 << 63 for value in values)


def _check_places(places: "List[Tuple[int, int]]", room: int, size: int) -> None:
    """The data lie one behind the other, without gap or overlap, up to the end of the file."""
    expected = 0
    for begin, end in places:
        if begin != expected or end < begin:
            raise Malformed("has tensors that overlap or leave gaps")
        expected = end
    if expected > room:
        raise Truncated("ends after %d of %d bytes" % (size, size - room + expected))
    if expected < room:
        raise Malformed("has %d bytes that belong to no tensor" % (room - expected))


def _tensor(name: str, entry: Dict[str, Any], size: int) -> Tensor:
    kind, shape = entry.get("dtype"), entry.get("shape")
    dtype = _DTYPES.get(kind) if isinstance(kind, str) else None
    if dtype is None or not isinstance(shape, list) or len(shape) > 64 or not _natural(shape):
        raise Malformed("has a tensor %r of an unknown dtype or shape" % name)
    elements = _product(shape)
    if (elements // 2 if kind == "F4" else elements * ITEM_SIZES[dtype]) != size:
        raise Malformed("has a tensor %r of another size than its shape" % name)
    if kind == "F4" and shape:
        shape[-1] //= 2
    whole = tuple(shape)
    return Tensor(dtype, whole, contiguous(whole))


def _product(shape: "List[int]") -> int:
    """Cut off where no file can be as large: a thousand large sizes would make a number of many thousand digits."""
    product = 1
    for size in shape:
        product = min(product * size, 1 << 70)
    return 0 if 0 in shape else product


def _metadata(found: Any) -> Tuple[Tuple[str, str], ...]:
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise Malformed("has safetensors metadata that are no strings")
    return tuple(found.items())
