"""Which Python the user's script would run under.  Looks at files and variables, starts nothing."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_EXECUTABLES = ("Scripts/python.exe", "python.exe") if os.name == "nt" else ("bin/python", "bin/python3")


@dataclass(frozen=True)
class Interpreter:
    path: Path
    """Absolute; symbolic links are kept, since the `python` of a virtual environment is one."""
    source: str
    """Who says so, for a person: "--python", ".venv of the workspace", "VIRTUAL_ENV"."""


class InterpreterNotFound(Exception):
    """The interpreter that was asked for is not there; the message names the next step."""


def find_interpreter(
    root: Path, chosen: Path | None, chosen_by: str, environ: Mapping[str, str] | None = None
) -> Interpreter:
    """The chosen interpreter, else the environment in `root`, else the active one, else the one we run on.

    `chosen` may also be the folder of an environment.  Raises InterpreterNotFound, for a chosen one only:
    an environment without an interpreter is passed over.
    """
    if chosen is not None:
        return Interpreter(_chosen(chosen, chosen_by), chosen_by)
    variables = os.environ if environ is None else environ
    for folder, source in _environments(root, variables):
        executable = executable_in(folder)
        if executable is not None:
            return Interpreter(executable, source)
    return Interpreter(Path(sys.executable), "the Python that ckpt-lsp runs on")


def executable_in(environment: Path) -> Path | None:
    """The `python` of an environment's folder."""
    candidates = (environment / relative for relative in _EXECUTABLES)
    return next((file for file in candidates if _runs(file)), None)


def torch_version(python: Path) -> tuple[int, int] | None:
    """Of the torch installed beside an interpreter, as the name of its record says; None where there is none."""
    for record in python.parent.parent.glob("lib*/python3*/site-packages/torch-[0-9]*.dist-info"):
        major, _, rest = record.name.removeprefix("torch-").partition(".")
        minor = rest.partition(".")[0]
        if major.isdigit() and minor.isdigit():
            return int(major), int(minor)
    return None


def _environments(root: Path, environ: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    for name in (".venv", "venv"):
        yield root / name, f"{name} of the workspace"
    for variable in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        if environ.get(variable) and not _is_our_own(Path(environ[variable])):
            yield Path(environ[variable]), variable


def _is_our_own(environment: Path) -> bool:
    """Tools that give ckpt-lsp an environment of its own, such as pre-commit, declare that one active."""
    return environment.exists() and environment.samefile(sys.prefix)


def _chosen(chosen: Path, chosen_by: str) -> Path:
    executable = executable_in(chosen) if chosen.is_dir() else chosen
    if executable is None:
        raise InterpreterNotFound(f"{chosen_by}: there is no Python in {chosen}; name its executable")
    if not executable.exists():
        raise InterpreterNotFound(f"{chosen_by}: {chosen} does not exist; name a Python that has torch")
    if not _runs(executable):
        raise InterpreterNotFound(f"{chosen_by}: {chosen} is not executable; name a Python that has torch")
    return executable


def _runs(file: Path) -> bool:
    return file.is_file() and os.access(file, os.X_OK)
