"""Where a zip file's headers are damaged, the reader is lenient exactly where torch's own is."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
import torch

from ckpt_lsp.worker.checkpoint.read import CheckpointError, read

from .hostile import good

CENTRAL, LOCAL = (b"PK\x01\x02", 46, 28), (b"PK\x03\x04", 30, 26)
"""Signature, length of the fixed part, place of the name's length."""


def flipped(data: bytes, header: tuple[bytes, int, int], offset: int, bit: int, name: bytes) -> bytes:
    """With one bit changed in every header whose entry's name contains `name`."""
    signature, fixed, length_at = header
    changed, place = bytearray(data), -1
    while (place := data.find(signature, place + 1)) >= 0:
        length = int.from_bytes(data[place + length_at : place + length_at + 2], "little")
        if name in data[place + fixed : place + fixed + length]:
            changed[place + offset] ^= 1 << bit
    return bytes(changed)


def flips() -> Iterator[tuple[tuple[bytes, int, int], int, int]]:
    for header in (CENTRAL, LOCAL):
        for offset in range(4, header[1]):
            for bit in range(8):
                yield header, offset, bit


def torch_loads(data: bytes) -> bool:
    try:
        torch.load(io.BytesIO(data))
    except Exception:  # it raises whatever its C++ raises
        return False
    return True


def reader_reads(data: bytes) -> bool:
    try:
        read(io.BytesIO(data))
    except CheckpointError:
        return False
    return True


@pytest.mark.parametrize("name", [b"", b"data.pkl"], ids=["every entry", "data.pkl"])
def test_each_flipped_bit_is_judged_as_torch_judges_it(name: bytes) -> None:
    data = good()
    judged = {flip: flipped(data, *flip, name) for flip in flips()}
    differ = [flip for flip, changed in judged.items() if torch_loads(changed) != reader_reads(changed)]
    assert differ == []


def test_a_storage_compressed_in_an_unknown_way() -> None:
    changed = flipped(good(), CENTRAL, 10, 5, b"data/0")
    assert not torch_loads(changed)
    assert not reader_reads(changed)
