"""Finds load sites: calls that load a state dict into a module."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from ..types import LoadSite
from .tree import Import, Module, Resolve, dotted

_METHOD, _FROM_CHECKPOINT = "load_state_dict", "load_from_checkpoint"

_FUNCTIONS = {
    "safetensors.torch.load_model": "filename",
    "accelerate.load_checkpoint_in_model": "checkpoint",
    "accelerate.utils.load_checkpoint_in_model": "checkpoint",
    "accelerate.utils.modeling.load_checkpoint_in_model": "checkpoint",
    "accelerate.load_checkpoint_and_dispatch": "checkpoint",
    "accelerate.big_modeling.load_checkpoint_and_dispatch": "checkpoint",
}
"""Functions that load a file into the model that is their first argument, and the name of their second."""

_WORDS = re.compile(
    "load_state_dict|load_from_checkpoint|load_checkpoint_in_model|load_checkpoint_and_dispatch|safetensors"
)

_NO_MODEL = re.compile(
    r"(^|_)(optim(izer)?s?|opt(im)?_?[a-z0-9]{0,2}|sched(uler)?s?|lr_?sched(uler)?s?|(grad_?)?scaler|amp|"
    r"warmup|lr_?scheduler)(_?[a-z0-9]{1,3})?$",
    re.IGNORECASE,
)
_NO_MODEL_MAKERS = re.compile(
    r"(^|\.)(optim|lr_scheduler)\.|(^|\.)(Adam\w*|SGD|RMSprop|Adagrad|Adadelta|GradScaler|\w*Scheduler|\w*LR|"
    r"\w*Optimizer|\w*optimizers?|\w*schedulers?|\w*scaler)$"
)

_READS_FILE = re.compile(r"(^|[._])(load|from_pretrained|unpickle|read)", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class FoundSite:
    """A load site and its node in the tree."""

    site: LoadSite
    call: ast.Call
    copied: str | None = None
    """`policy` of `target.load_state_dict(policy.state_dict())`, where nothing says that it comes from a file."""


def may_stand_in(text: str) -> bool:
    """False where a text certainly holds no load site; costs no parsing."""
    return _WORDS.search(text) is not None


def find(module: Module) -> list[FoundSite]:
    """Load sites in the order of the text; those of optimizers, schedulers and scalers are left out."""
    if not may_stand_in(module.text):
        return []
    found = [s for node in ast.walk(module.tree) if isinstance(node, ast.Call) for s in _site(module, node)]
    return sorted(found, key=lambda s: s.site.span)


def of_objects(module: Module, found: list[FoundSite], resolve: Resolve) -> list[FoundSite]:
    """Without calls of a function of that name, as in `from utils import dist; dist.load_state_dict(path)`."""
    return [site for site in found if not _is_module(module, module.imports.get(site.site.receiver), resolve)]


def _is_module(module: Module, imported: Import | None, resolve: Resolve) -> bool:
    if imported is None or imported.attribute is None:
        return imported is not None
    where = resolve(module, imported)
    return where is not None and imported.attribute in (where.path.stem, where.path.parent.name)


def _site(module: Module, call: ast.Call) -> list[FoundSite]:
    parts = _relative(module, call) or _method(module, call)
    if parts is None:
        return []
    receiver, argument = parts
    site = LoadSite(module.path, module.span(call), module.source(receiver), module.source(argument))
    return [FoundSite(site, call, _copied(module, argument))]


def _copied(module: Module, argument: ast.expr) -> str | None:
    if not isinstance(argument, ast.Call) or not isinstance(argument.func, ast.Attribute):
        return None
    name = dotted(argument.func.value)
    if argument.func.attr != "state_dict" or name is None:
        return None
    return None if any(_READS_FILE.search(maker) for maker in _makers(module, name)) else name


def _method(module: Module, call: ast.Call) -> tuple[ast.expr, ast.expr] | None:
    """Model and state dict of `model.load_state_dict(state_dict)`."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr != _METHOD:
        return None
    argument, receiver = _argument(call, 0, "state_dict"), call.func.value
    if argument is None or _is_super(receiver) or _loads_no_model(module, receiver):
        return None
    return receiver, argument


def _relative(module: Module, call: ast.Call) -> tuple[ast.expr, ast.expr] | None:
    """Model (or its class) and file of a call that reads a file and loads it."""
    if isinstance(call.func, ast.Attribute) and call.func.attr == _FROM_CHECKPOINT:
        file = _argument(call, 0, "checkpoint_path")
        return None if file is None or _is_super(call.func.value) else (call.func.value, file)
    keyword = _FUNCTIONS.get(module.imported_name(call.func) or "")
    model = _argument(call, 0, "model") if keyword else None
    file = _argument(call, 1, keyword) if keyword else None
    return None if model is None or file is None else (model, file)


def _argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    return call.args[position] if len(call.args) > position else None


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
