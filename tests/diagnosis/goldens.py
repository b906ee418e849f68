"""Cases as text: a script, the checkpoints it loads described by their entries, what is found, and the fixed script.

A file of `cases/` is made of sections, each begun by a line `--- NAME`:

- `x.pth`: the checkpoint as JSON.  A list is the shape of a tensor, an object is a dict, `_metadata` belongs to the
  dict it stands in, `"python: …"` is what that expression gives; anything else is a plain value.
- `x.pth as text`: a file that is no checkpoint.
- `before`: the script.
- `findings`: a line `rule severity: message` for each; indented, the message's other lines and the places elsewhere.
- `fixes`: the title of each fix that is offered.
- `after`: the script with the first fix; `after net.py` the file `net.py`, where the fix changes it.
- `net.py`, `run.yaml`: other files beside the script.
"""

from __future__ import annotations

import argparse
import collections
import datetime
import json
import os
import pathlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
import torch

from ckpt_lsp.types import Finding, Related

CASES = Path(__file__).with_name("cases")
_SECTION = re.compile(r"^--- (.+)\n", re.MULTILINE)


@dataclass(frozen=True)
class Golden:
    name: str
    sections: dict[str, str]

    @property
    def before(self) -> str:
        return self.sections["before"]

    def save(self, folder: Path) -> None:
        """Makes the checkpoints."""
        torch.manual_seed(1)
        for name, text in self.sections.items():
            file = folder / name.removesuffix(" as text")
            if name.endswith((".pth", " as text")):
                file.parent.mkdir(parents=True, exist_ok=True)
            if name.endswith(" as text"):
                file.write_text(text, encoding="utf-8")
            elif name.endswith(".pth"):
                torch.save(_made(json.loads(text)), file)
            elif name.endswith((".py", ".yaml")) and " " not in name:
                file.write_text(text, encoding="utf-8")


def load_all() -> list[Golden]:
    return [_read(path) for path in sorted(CASES.glob("*.txt"))]


def _read(path: Path) -> Golden:
    _, *parts = _SECTION.split(path.read_text(encoding="utf-8"))
    return Golden(path.stem, dict(zip(parts[::2], parts[1::2], strict=True)))


class Runs:
    """Calls a function when it is unpickled."""

    def __init__(self, function: Any, *args: Any) -> None:
        self._call = (function, args)

    def __reduce__(self) -> Any:
        return self._call


_PYTHON = {"Runs": Runs, **{m.__name__: m for m in (argparse, collections, datetime, numpy, os, pathlib, torch)}}


def _made(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("python:"):
        return eval(value.removeprefix("python:").strip(), dict(_PYTHON))
    if isinstance(value, list):
        return torch.randn(value)
    if not isinstance(value, dict):
        return value
    made = collections.OrderedDict((key, _made(item)) for key, item in value.items() if key != "_metadata")
    if "_metadata" in value:
        made._metadata = collections.OrderedDict(value["_metadata"])  # type: ignore[attr-defined]
    return made


def shown(findings: tuple[Finding, ...]) -> str:
    """As in the section `findings`."""
    return "".join(_shown(finding) for finding in findings)


def _shown(finding: Finding) -> str:
    lines = f"{finding.rule} {finding.severity.value}: {finding.message}".split("\n")
    elsewhere = [related for related in finding.related if related.span != finding.span]
    lines += [f"{_place(finding, r)} {r.message}" for r in elsewhere]
    return "\n    ".join(lines) + "\n"


def _place(finding: Finding, related: Related) -> str:
    file = f"{related.path.name}:" if related.path != finding.path else ""
    return f"{file}{related.span.line}:{related.span.column}-{related.span.end_column}"


def titles(findings: tuple[Finding, ...]) -> str:
    """As in the section `fixes`."""
    return "".join(f"{title}\n" for title in dict.fromkeys(fix.title for found in findings for fix in found.fixes))
