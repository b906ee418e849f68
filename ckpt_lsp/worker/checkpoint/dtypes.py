"""torch's dtypes and storage classes, by name."""

from __future__ import annotations

import functools
from typing import Dict, Optional

ITEM_SIZES: Dict[str, int] = {
    **dict.fromkeys(
        [
            *("bool", "uint8", "int8", "qint8", "quint8", "bits8", "bits1x8", "bits2x4", "bits4x2"),
            *("float8_e4m3fn", "float8_e4m3fnuz", "float8_e5m2", "float8_e5m2fnuz", "float8_e8m0fnu"),
            *("float4_e2m1fn_x2", *("uint%d" % n for n in range(1, 8)), *("int%d" % n for n in range(1, 8))),
            *("quint4x2", "quint2x4"),
        ],
        1,
    ),
    **dict.fromkeys(["int16", "uint16", "float16", "bfloat16", "bits16"], 2),
    **dict.fromkeys(["int32", "uint32", "float32", "qint32", "complex32"], 4),
    **dict.fromkeys(["int64", "uint64", "float64", "complex64"], 8),
    "complex128": 16,
}
"""Bytes of an element."""

PACKED = frozenset(["quint4x2", "quint2x4"])
"""Several elements lie in one byte."""

ALIASES = {
    "double": "float64",
    "float": "float32",
    "half": "float16",
    "long": "int64",
    "int": "int32",
    "short": "int16",
    "cdouble": "complex128",
    "cfloat": "complex64",
    "chalf": "complex32",
}

STORAGES: Dict[str, str] = {
    "DoubleStorage": "float64",
    "FloatStorage": "float32",
    "HalfStorage": "float16",
    "LongStorage": "int64",
    "IntStorage": "int32",
    "ShortStorage": "int16",
    "CharStorage": "int8",
    "ByteStorage": "uint8",
    "BoolStorage": "bool",
    "BFloat16Storage": "bfloat16",
    "ComplexDoubleStorage": "complex128",
    "ComplexFloatStorage": "complex64",
    "QInt8Storage": "qint8",
    "QInt32Storage": "qint32",
    "QUInt8Storage": "quint8",
    "QUInt4x2Storage": "quint4x2",
    "QUInt2x4Storage": "quint2x4",
    "UntypedStorage": "uint8",
    "_UntypedStorage": "uint8",
}


@functools.lru_cache(maxsize=64)
def dtype_named(name: str) -> Optional[str]:
    """The dtype of "torch.float32" or "torch.half"; None for anything else."""
    if not name.startswith("torch."):
        return None
    short = name[len("torch.") :]
    short = ALIASES.get(short, short)
    return short if short in ITEM_SIZES else None


@functools.lru_cache(maxsize=64)
def dtype_of_storage(name: str) -> Optional[str]:
    """The dtype of "torch.FloatStorage" or "torch.cuda.FloatStorage"; None for anything else."""
    return STORAGES.get(name.rsplit(".", 1)[-1]) if name.startswith("torch.") else None
