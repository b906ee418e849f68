"""The formats by name.  A new one is a file beside this and a line here."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from ckpt_lsp.output.interface import Format

FORMATS = {
    "text": "ckpt_lsp.output.text",
    "json": "ckpt_lsp.output.json",
    "github": "ckpt_lsp.output.github",
}
"""Name on the command line -> module with a `write`; only the one asked for is imported."""


def writer(name: str) -> Format:
    return cast(Format, import_module(FORMATS[name]).write)
