"""Hydra: a run's `.hydra/overrides.yaml` holds its command line, `.hydra/hydra.yaml` the script's name and place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import yaml as pyyaml

from .. import moved
from ..commands import Command
from . import yaml
from .interface import Tracker, Workspace, text

_OUTPUTS = ("outputs", "multirun")
"""Hydra's own names for the folder of all runs, in the working directory."""


def _traces(folder: Path) -> Iterator[Path]:
    if folder.name == ".hydra":
        yield from folder.glob("overrides.yaml")


def _command(trace: Path, here: Workspace) -> Command | None:
    run = trace.parents[1]
    overrides = yaml.texts(yaml.tree(trace))
    job = yaml.tree(trace.with_name("hydra.yaml"))
    name = yaml.at(job, "hydra", "job", "name")
    if overrides is None or name is None:
        return None
    cwd, move = _place(job, run, here)
    script = here.named(name, "hydra", cwd)
    if script is None:
        return None
    argv = tuple(move.of(word) for word in (*_configuration(job, script), *overrides))
    return here.command(script, argv, cwd, f"hydra run {here.name(run)}")


def started_from(run: Path, here: Workspace) -> Path | None:
    """The working directory from which the run of this folder was started; None where it is no folder of a run."""
    file = run / ".hydra" / "hydra.yaml"
    return _place(yaml.tree(file), run, here)[0] if file.is_file() else None


def _place(job: pyyaml.Node | None, run: Path, here: Workspace) -> tuple[Path, moved.Move]:
    """Working directory, and what it takes to find its paths here."""
    recorded = yaml.at(job, "hydra", "runtime", "cwd")
    if recorded is None:
        return _above_outputs(run, here), moved.STAYED
    output = yaml.at(job, "hydra", "runtime", "output_dir")
    move = moved.STAYED if output is None else moved.move(output, run, here.root)
    folder = Path(move.of(recorded))
    if here.holds(folder):
        return folder, move
    folder = _above_outputs(run, here)
    return folder, moved.move(recorded, folder, here.root)


def _above_outputs(run: Path, here: Workspace) -> Path:
    within = [folder for folder in run.parents if here.holds(folder)]
    return next((folder.parent for folder in within if folder.name in _OUTPUTS and folder != here.root), here.root)


def _configuration(job: pyyaml.Node | None, script: Path) -> tuple[str, ...]:
    """`--config-name`, where the run did not use the one that the script itself names."""
    name = yaml.at(job, "hydra", "job", "config_name")
    if name is None or re.search(rf"['\"]{re.escape(name)}(\.yaml)?['\"]", text(script)):
        return ()
    return ("--config-name", name)


TRACKER = Tracker(_traces, _command)
