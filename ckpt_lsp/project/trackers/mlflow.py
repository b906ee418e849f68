"""MLflow: `mlruns/<experiment>/<run>/tags/mlflow.source.name` names the script, `params` has a file per parameter."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator
from pathlib import Path

from .. import moved
from ..commands import Command
from ..flags import Value, arguments
from .interface import Tracker, Workspace, text

MOST_PARAMETERS = 300


def _traces(folder: Path) -> Iterator[Path]:
    if folder.name == "mlruns":
        yield from folder.glob("[!.]*/*/tags/mlflow.source.name")


def _command(trace: Path, here: Workspace) -> Command | None:
    run, cwd = trace.parents[1], trace.parents[4]
    recorded = text(trace).strip()
    script = here.find(recorded, cwd)
    if script is None:
        return None
    move = moved.move(recorded, script, here.root)
    argv = arguments(here.options(script), _values(run / "params"))
    return here.command(script, tuple(map(move.of, argv)), cwd, f"MLflow run {run.name}")


def _values(folder: Path) -> dict[str, Value]:
    """Parameters are kept as Python prints them."""
    files = itertools.islice(folder.glob("*"), MOST_PARAMETERS)
    return {file.name: _value(text(file).rstrip("\n")) for file in sorted(files)}


def _value(printed: str) -> Value:
    if printed in ("None", "True", "False"):
        return {"None": None, "True": True, "False": False}[printed]
    if not printed.startswith(("[", "(")):
        return printed
    try:
        items = ast.literal_eval(printed)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return printed
    return [str(item) for item in items] if isinstance(items, (list, tuple)) else printed


TRACKER = Tracker(_traces, _command)
