"""Random models, random damage to their checkpoints: every fix is applied and run, and torch is the judge.

The tensors of a checkpoint are all different, so it also shows whether each came to the very place it was saved
from, and not to a sibling of the same shape.
"""

from __future__ import annotations

import collections
import contextlib
import io
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from ckpt_lsp.diagnosis import diagnose

from .real import applied, case, proves

EXAMPLES = int(os.environ.get("CKPT_LSP_EXAMPLES", "600"))

LEAVES = [
    "nn.Linear(3, 3)",
    "nn.Linear(3, 2)",
    "nn.BatchNorm1d(3)",
    "nn.Conv1d(2, 3, 1, bias=False)",
    "nn.LayerNorm(3)",
]
NAMES = ["encoder", "body", "conv1", "submodule", "head", "fc", "q", "k"]
WRAPPERS = ["module", "_orig_mod", "_orig_mod.module", "model", "net.backbone"]
FORMS = [
    "model.load_state_dict(torch.load('x.pth')%s)\n",
    'sd = torch.load("x.pth")\nmodel.load_state_dict(sd%s)\n',
    'sd = torch.load("x.pth")\nmodel.load_state_dict(sd%s)\nlater = len(sd)\n',
    'def resume(path):\n  if path: model.load_state_dict(torch.load(path)%s)  # here\n\nresume("x.pth")\n',
    'resume = lambda path: model.load_state_dict(torch.load(path)%s)\nresume("x.pth")\n',
    'print(\n    model.load_state_dict(\n        torch.load(\n            "x.pth",\n        )%s\n    )\n)\n',
    'a = 1; key = "x.pth"; model.load_state_dict(state_dict=torch.load(key)%s); b = 2\n',
]


def modules() -> st.SearchStrategy[str]:
    leaf = st.sampled_from(LEAVES)
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"nn.Sequential({', '.join(parts)})"),
            st.dictionaries(st.sampled_from(NAMES), inner, min_size=1, max_size=3).map(_module_dict),
        ),
        max_leaves=6,
    )


def _module_dict(parts: dict[str, str]) -> str:
    return "nn.ModuleDict({" + ", ".join(f'"{name}": {part}' for name, part in parts.items()) + "})"


@dataclass(frozen=True)
class Damage:
    wrapper: str | None
    inner: str | None
    """A wrapper put round each child."""
    rename: str | None
    """The first child's new name."""
    swap: str | None
    """Another name for the modules inside that are called like this."""
    drop: int
    extra: int
    resize: bool
    nest: str | None
    metadata: bool
    strict: bool
    wrapped_model: bool
    form: str
    line_end: str


DAMAGES = st.builds(
    Damage,
    wrapper=st.none() | st.sampled_from(WRAPPERS),
    inner=st.none() | st.sampled_from(["module", "_orig_mod"]),
    rename=st.none() | st.sampled_from(["renamed", "zz.renamed"]),
    swap=st.none() | st.sampled_from(NAMES),
    drop=st.sampled_from([0, 0, 0, 1, 2]),
    extra=st.sampled_from([0, 0, 1, 3, 6]),
    resize=st.sampled_from([False, False, False, True]),
    nest=st.none() | st.sampled_from(["state_dict", "model", "odd \"'name"]),
    metadata=st.booleans(),
    strict=st.sampled_from([True, True, False]),
    wrapped_model=st.sampled_from([False, False, True]),
    form=st.sampled_from(FORMS),
    line_end=st.sampled_from(["\n", "\n", "\r\n"]),
)


def damaged(key: str, damage: Damage, child: str) -> str:
    """`child` is the one that gets another name."""
    first, dot, rest = key.partition(".")
    if dot and damage.inner:
        rest = f"{damage.inner}.{rest}"
    if dot and damage.rename:
        first = damage.rename if first == child else first
    if damage.swap:
        rest = f".{rest}".replace(f".{damage.swap}.", ".swapped.")[1:]
    key = first + dot + rest
    return f"{damage.wrapper}.{key}" if damage.wrapper else key


def checkpoint(saved: dict[str, torch.Tensor], metadata: Any, damage: Damage) -> Any:
    """What is put into the file; a tensor of another size is one of `saved` from then on."""
    keys = list(saved)[damage.drop :]
    child = next(iter(saved)).partition(".")[0]
    if damage.resize and keys:
        saved[keys[-1]] = torch.randn(9)
    made = collections.OrderedDict((damaged(key, damage, child), saved[key]) for key in keys)
    assert len(made) == len(keys)
    for number in range(damage.extra):
        made[f"extra.{number}" if damage.extra > 3 else f"extra_{number}"] = torch.randn(number + 11)
    if damage.metadata:
        made._metadata = metadata  # type: ignore[attr-defined]
    return {damage.nest: made, "epoch": 3} if damage.nest else made


def distinct(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    """A state dict in which no two tensors are equal, nor equal to an initial one."""
    return {
        key: torch.tensor(1000 + number) if value.dtype == torch.int64 else torch.randn(value.shape) + 5
        for number, (key, value) in enumerate(model.state_dict().items())
    }


@settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(modules(), DAMAGES)
def test_no_fix_is_wrong(source: str, damage: Damage) -> None:
    with tempfile.TemporaryDirectory() as name, contextlib.redirect_stdout(io.StringIO()):
        folder = Path(name)
        built = f"nn.DataParallel({source})" if damage.wrapped_model else source
        own = eval(source, {"nn": torch.nn})
        saved = distinct(own)
        torch.save(checkpoint(saved, own.state_dict()._metadata, damage), folder / "x.pth")
        strict = "" if damage.strict else ", strict=False"
        text = f"import torch\nfrom torch import nn\n\nmodel = {built}\n" + damage.form % strict
        text = text.replace("\n", damage.line_end)
        found = case(text, folder)
        before = found.comparison
        total = len(before.missing) + len(before.unexpected) + len(before.mismatched)
        fixes = dict.fromkeys(fix for finding in diagnose(found) for fix in finding.fixes)
        event(f"fixes: {min(len(fixes), 3)}")
        for fix in fixes:
            assert set(re.findall(r"\r?\n", applied(text, fix))) == {damage.line_end}
            call = proves(text, fix, folder)
            left = fix.leftover
            lenient = "strict=False" in fix.title
            assert lenient or left.missing + left.unexpected + left.mismatched < total
            if call.outcome.error is None:
                everything_in_its_place(call.model, call.changed, saved)
        assert sum(fix.preferred for fix in fixes) <= 1


def everything_in_its_place(model: torch.nn.Module, changed: set[str], saved: dict[str, torch.Tensor]) -> None:
    loaded = model.state_dict()
    for key in changed:
        assert torch.equal(loaded[key], saved[key.removeprefix("module.")] if key not in saved else saved[key]), key
