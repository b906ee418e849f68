"""Finds load sites: calls that load a state dict into a module."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from ..types import LoadSite
from .tree import Module, dotted

WORD = b"load_state_dict"
"""A file without these bytes holds no load site."""

_NO_MODEL = re.compile(
    r"(^|_)(optim(izer)?s?|opt(im)?_?[a-z0-9]{0,2}|sched(uler)?s?|lr_?sched(uler)?s?|(grad_?)?scaler|amp|"
    r"warmup|lr_?scheduler)(_?[a-z0-9]{1,3})?$",
    re.IGNORECASE,
)
_NO_MODEL_MAKERS = re.compile(
    r"(^|\.)(optim|lr_scheduler)\.|(^|\.)(Adam\w*|SGD|RMSprop|Adagrad|Adadelta|GradScaler|\w*Scheduler|\w*LR|"
    r"\w*Optimizer)$"
)


@dataclass(frozen=True, eq=False)
class FoundSite:
    """A load site and its node in the tree."""

    site: LoadSite
    call: ast.Call
    receiver: ast.expr


def find(module: Module) -> list[FoundSite]:
    """Load sites in the order of the text; those of optimizers, schedulers and scalers are left out."""
    if WORD.decode() not in module.text:
        return []
    found = [s for node in ast.walk(module.tree) if isinstance(node, ast.Call) for s in _site(module, node)]
    return sorted(found, key=lambda s: s.site.span)


def _site(module: Module, call: ast.Call) -> list[FoundSite]:
    if not isinstance(call.func, ast.Attribute) or call.func.attr != WORD.decode():
        return []
    argument = _argument(call)
    receiver = call.func.value
    if argument is None or _is_super(receiver) or _loads_no_model(module, receiver):
        return []
    site = LoadSite(module.path, module.span(call), module.source(receiver), module.source(argument))
    return [FoundSite(site, call, receiver)]


def _argument(call: ast.Call) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == "state_dict":
            return keyword.value
    return call.args[0] if call.args else None


def _is_super(receiver: ast.expr) -> bool:
    """`super().load_state_dict(...)` inside an override is part of another site, not one of its own."""
    return isinstance(receiver, ast.Call) and isinstance(receiver.func, ast.Name) and receiver.func.id == "super"


def _loads_no_model(module: Module, receiver: ast.expr) -> bool:
    name = dotted(receiver)
    if name is None:
        return False
    makers = _makers(module, name)
    if makers:
        return all(_NO_MODEL_MAKERS.search(maker) for maker in makers)
    return bool(_NO_MODEL.search(name.split(".")[-1]))


def _makers(module: Module, name: str) -> list[str]:
    """Callables whose result is assigned to `name`: `optim.Adam` in `opt = optim.Adam(...)`."""
    found = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            maker = dotted(node.value.func)
            if maker and any(dotted(target) == name for target in node.targets):
                found.append(maker)
    return found
