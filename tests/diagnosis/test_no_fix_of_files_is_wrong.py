"""Random ways to load random files and to strip prefixes: what is offered is applied and run, torch is the judge."""

from __future__ import annotations

import argparse
import datetime
import os
import pathlib
import re
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
import torch
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from torch import nn

from ckpt_lsp.diagnosis import diagnose

from .real import applied, case, proves

EXAMPLES = int(os.environ.get("CKPT_LSP_EXAMPLES", "300")) // 2

HARMLESS: list[Any] = [
    argparse.Namespace(lr=0.1, out=pathlib.PurePosixPath("a")),
    {"at": datetime.datetime(2024, 1, 1), "took": datetime.timedelta(1)},
    numpy.float32(1),
    numpy.zeros((2, 2), dtype=numpy.uint8),
    [numpy.float64(1), numpy.arange(3)],
    frozenset([1]),
    slice(1, 2),
]
IMPORTS = ["", "import numpy as np\n", "from argparse import Namespace\n", "import argparse, datetime, pathlib\n"]
LOADS = [
    "checkpoint = {load}\n",
    "checkpoint = {load}  # all of it\n",
    "checkpoint = (\n    {load}\n)\n",
    "checkpoint: dict = {load}\n",
    'note = """\na""" ; checkpoint = {load}\n',
    "if True:\n\tcheckpoint = {load}\n",
    "with torch.no_grad():\n  checkpoint = {load}\n",
    "for checkpoint in [{load}]:\n    pass\n",
    "def restore(path):\n    return torch.load(\n        path,\n    )\n\n\ncheckpoint = restore('x.pth')\n",
]
PREFIXES = ["", "module.", "module.module.", "_orig_mod.", "model."]
STRIPS = [
    "{k: v for k, v in sd.items()}",
    "{k[7:]: v for k, v in sd.items()}",
    "{key[10:]: sd[key] for key in sd}",
    "{k.replace('module.', ''): v for k, v in sd.items()}",
    '{k.lstrip("module."): v for k, v in sd.items()}',
    "{(k[6:] if k.startswith('model.') else k): v for k, v in sd.items()}",
    "dict((k.replace('model.', ''), v) for k, v in sd.items())",
]
MODELS = [
    "nn.Linear(3, 2)",
    "nn.ModuleDict({'linear': nn.Linear(3, 2)})",
    "nn.ModuleDict({'layer1': nn.Linear(3, 2), 'fc': nn.Linear(2, 1)})",
    "nn.ModuleDict({'submodule': nn.Linear(3, 2), 'model': nn.BatchNorm1d(2)})",
]


@dataclass(frozen=True)
class Script:
    imports: str
    load: str
    strip: str
    model: str
    prefix: str
    every: bool
    """Has the prefix, not only the first key."""
    strict: str
    line_end: str

    @property
    def text(self) -> str:
        load = self.load.format(load="torch.load('x.pth')")
        call = f"sd = checkpoint['sd']\nnew = {self.strip}\nmodel.load_state_dict(new{self.strict})\n"
        text = f"{self.imports}import torch\nfrom torch import nn\n\nmodel = {self.model}\n{load}{call}"
        return text.replace("\n", self.line_end)

    def save(self, path: Path, more: Any) -> None:
        own = eval(self.model, {"nn": nn}).state_dict()
        keys = [self.prefix + key if self.every or not number else key for number, key in enumerate(own)]
        torch.save({"sd": dict(zip(keys, own.values(), strict=True)), "more": more}, path)


SCRIPTS = st.builds(
    Script,
    imports=st.sampled_from(IMPORTS),
    load=st.sampled_from(LOADS),
    strip=st.sampled_from(STRIPS),
    model=st.sampled_from(MODELS),
    prefix=st.sampled_from(PREFIXES),
    every=st.booleans(),
    strict=st.sampled_from(["", "", ", strict=False", ", False", ",\n    strict=False,\n"]),
    line_end=st.sampled_from(["\n", "\n", "\r\n"]),
)


@settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(SCRIPTS, st.none() | st.sampled_from(HARMLESS))
def test_no_fix_is_wrong(script: Script, more: Any) -> None:
    with tempfile.TemporaryDirectory() as name, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        folder = Path(name)
        script.save(folder / "x.pth", more)
        text = script.text
        found = diagnose(case(text, folder))
        fixes = dict.fromkeys(fix for finding in found for fix in finding.fixes)
        rules = [finding.rule for finding in found]
        event(f"{', '.join(rules) or 'nothing'}: {len(fixes)} fixes")
        for fix in fixes:
            fixed = applied(text, fix)
            assert set(re.findall(r"\r?\n", fixed)) == {script.line_end}
            assert "weights_only" not in fixed
            proves(text, fix, folder)
        if "weights-only-rejects" in rules and not script.load.startswith("note"):
            assert fixes, text
