"""Whatever people save can be shown, folded without loss, and is equal to itself."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import torch
from checkpoint.objects import ALL

from ckpt_lsp.output.keys import difference, text
from ckpt_lsp.output.keys import json as documents
from ckpt_lsp.output.keys.contents import Contents, contents
from ckpt_lsp.output.keys.rows import Row, rows
from ckpt_lsp.worker.checkpoint.read import read


def opened(value: object) -> Contents:
    stream = io.BytesIO()
    torch.save(value, stream)
    stream.seek(0)
    return contents("x.pth", read(stream))


@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
def test_every_object_can_be_shown(make: Callable[[], Any]) -> None:
    shown = opened(make())
    lines = [str(line) for line in text.lines(shown)]
    assert all(line.isprintable() for line in lines)
    document = documents.document([shown, shown], difference.compare(shown, shown))
    assert json.loads(json.dumps(document))["diff"]["equal"]
    held = [id(tensor) for row in rows(shown) for tensor in row.tensors]
    assert sorted(held) == sorted(id(tensor) for _, tensor in shown.tensors())


def test_labels_written_out_are_the_keys() -> None:
    keys = [
        *(f"layers.{n}.{name}.weight" for n in range(12) for name in ("q", "k", "v")),
        *(f"layers.{n}.{name}.bias" for n in range(12) for name in ("q", "k")),
        *("a.b.c.d", "a.b.c.e", "head", "head.weight", "up1.w", "up2.w", "up10.w", "x.0", "x.007"),
    ]
    tree = rows(opened({key: torch.ones(n % 3 + 1) for n, key in enumerate(keys)}))
    assert sorted(key for row in tree for key in written_out(row)) == sorted(keys)


def written_out(row: Row, before: str = "") -> list[str]:
    names = [before + name for name in alternatives(row.label)]
    if row.leaf:
        return names
    return [key for name in names for child in row.children for key in written_out(child, f"{name}.")]


def alternatives(label: str) -> list[str]:
    found = re.search(r"\{([^}]*)\}", label)
    if found is None:
        return [label]
    return [
        option for inner in found[1].split(", ") for one in span(inner)
        for option in alternatives(label[: found.start()] + one + label[found.end() :])
    ]  # fmt: skip


def span(inner: str) -> list[str]:
    first, _, last = inner.partition("–")
    return [str(number) for number in range(int(first), int(last) + 1)] if last else [inner]
