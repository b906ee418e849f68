"""Weights & Biases: `wandb/run-<time>-<id>/files/wandb-metadata.json` holds the program and its arguments."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any

from .. import moved
from ..commands import Command
from . import hydra
from .interface import Tracker, Workspace, json_object


def _traces(folder: Path) -> Iterator[Path]:
    if folder.name == "wandb":
        yield from folder.glob("run-*/files/wandb-metadata.json")
        yield from folder.glob("offline-run-*/files/wandb-metadata.json")


def _command(trace: Path, here: Workspace) -> Command | None:
    run, folder = trace.parents[1], trace.parents[3]
    record = json_object(trace)
    program, args = record.get("program"), record.get("args", [])
    if not isinstance(program, str) or not isinstance(args, list):
        return None
    words, source = tuple(map(str, args)), f"wandb run {run.name}"
    if program.startswith("-m "):
        return _by_name(program.removeprefix("-m ").strip(), words, folder, source, here)
    script = here.find(program, folder)
    if script is None:
        return None
    move = moved.move(program, script, here.root)
    cwd = hydra.started_from(folder, here) or _started_from(record, move, here) or folder
    return here.command(script, tuple(map(move.of, words)), cwd, source)


def _by_name(module: str, argv: tuple[str, ...], folder: Path, source: str, here: Workspace) -> Command | None:
    """`python -m package.module` finds the package in its working directory."""
    parts = module.split(".")
    script = here.find("/".join(parts) + ".py", folder)
    if script is None or script.parts[-len(parts) :] != (*parts[:-1], f"{parts[-1]}.py"):
        return None
    return Command(script, argv, script.parents[len(parts) - 1], module, source)


def _started_from(record: dict[str, Any], move: moved.Move, here: Workspace) -> Path | None:
    """`codePathLocal` is the program as seen from its working directory."""
    program, local = record["program"], record.get("codePathLocal")
    if not isinstance(local, str) or not local or not program.endswith(local):
        return None
    folder = Path(move.of(str(PurePath(program[: -len(local)]))))
    return folder if here.holds(folder) else None


TRACKER = Tracker(_traces, _command)
