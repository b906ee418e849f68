"""Commands that installing the project makes, as pyproject.toml names them.  Reads one file, executes nothing."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@dataclass(frozen=True)
class EntryPoint:
    """A command that installing the project makes: `name = "package.module:function"`."""

    script: Path
    module: str
    function: str


def entry_points(root: Path) -> dict[str, EntryPoint]:
    """Commands of pyproject.toml whose functions lie in the workspace, by the names under which they are typed."""
    try:
        content: Mapping[str, Any] = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    tables = (_at(content, "project", "scripts"), _at(content, "tool", "poetry", "scripts"))
    named = {name: _entry_point(root, value) for table in tables for name, value in table.items()}
    return {name: point for name, point in named.items() if point is not None}


def _at(content: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    for key in keys:
        content = content.get(key, {})
        if not isinstance(content, dict):
            return {}
    return content


def _entry_point(root: Path, value: Any) -> EntryPoint | None:
    """Poetry also writes a table with a `reference`, formerly a `callable`."""
    if isinstance(value, dict):
        value = value.get("reference", value.get("callable"))
    module, colon, function = value.partition(":") if isinstance(value, str) else ("", "", "")
    parts = module.strip().split(".")
    if not colon or not all(part.isidentifier() for part in parts):
        return None
    for base in (root, root / "src"):
        for script in (base.joinpath(*parts).with_suffix(".py"), base.joinpath(*parts, "__init__.py")):
            if script.is_file():
                return EntryPoint(script, module.strip(), function.split("[")[0].strip())
    return None
