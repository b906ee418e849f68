"""Lightning: `lightning_logs/version_<n>/hparams.yaml` holds what the script's options were, if it saved them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ..commands import Command
from ..flags import arguments
from . import yaml
from .interface import Tracker, Workspace


def _traces(folder: Path) -> Iterator[Path]:
    """Whatever the folder above is called: loggers may be given another."""
    if re.fullmatch(r"version_\d+", folder.name):
        yield from folder.glob("hparams.yaml")


def _command(trace: Path, here: Workspace) -> Command | None:
    version = trace.parent
    logs = version.parent
    cwd = logs.parent if logs.name == "lightning_logs" and logs != here.root else here.root
    values = yaml.values(yaml.tree(trace))
    script = here.parser_of(values, cwd)
    if script is None:
        return None
    argv = arguments(here.options(script), values)
    return here.command(script, argv, cwd, f"Lightning run {here.name(version)}")


TRACKER = Tracker(_traces, _command)
