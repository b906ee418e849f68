"""Which tests on the way to a call are worth evaluating: those that rest on configuration and the file system."""

from __future__ import annotations

import ast

from .tree import dotted

_CHEAP_CALLS = (
    "os.",
    "sys.",
    "argparse.",
    "torch.cuda.",
    "torch.device",
    "Path",
    "pathlib.",
    "int",
    "float",
    "str",
    "len",
    "bool",
    "list",
    "isinstance",
    "hasattr",
    "getattr",
    "ArgumentParser",
    "glob",
)
_CHEAP_METHODS = frozenset(
    [
        "parse_args",
        "parse_known_args",
        "get",
        "lower",
        "upper",
        "strip",
        "split",
        "endswith",
        "startswith",
        "exists",
        "is_file",
    ]
)


def is_cheap(call: ast.Call) -> bool:
    """True of a call that neither trains, loads data nor builds anything."""
    path = dotted(call.func)
    if path is not None and path.startswith(_CHEAP_CALLS):
        return True
    return isinstance(call.func, ast.Attribute) and call.func.attr in _CHEAP_METHODS
