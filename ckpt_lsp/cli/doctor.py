"""`ckpt-lsp doctor`: what a check here would use, and what stands in its way."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from pathlib import Path

from ckpt_lsp import __version__
from ckpt_lsp.config import Settings
from ckpt_lsp.engine import EngineUnavailable, describe
from ckpt_lsp.project.interpreter import InterpreterNotFound, find_interpreter
from ckpt_lsp.sandbox import Description, Unavailable, bubblewrap, landlock, seatbelt

MECHANISMS = {"bubblewrap": bubblewrap.find, "landlock": landlock.find, "seatbelt": seatbelt.find}
"""From the strongest on."""

_UNCONFINED = "code of the workspace runs with your own rights"

_FORKED = "forked off one worker"
_STANDBY = "each in a process that is started ahead"

Line = tuple[str, str]
"""A label, empty where it goes on from the line above, and a text."""


def diagnosis(root: Path, settings: Settings) -> tuple[list[Line], bool]:
    """What to print, and whether dry runs work."""
    lines = [("ckpt-lsp", f"{__version__}, on Python {platform.python_version()}"), ("workspace", str(root))]
    lines += _interpreter(root, settings)
    try:
        description = describe(root, settings)
    except EngineUnavailable as error:
        return [*lines, *_sandbox(settings, None), ("dry runs", f"not possible: {error}")], False
    lines.append(("torch", f"{description.torch}, on Python {description.python_version}"))
    lines += _sandbox(settings, description)
    lines += _list("readable", map(str, description.readable))
    lines += _list("left out", iter(description.left_out))
    return [*lines, ("dry runs", f"work, {_FORKED if description.forked else _STANDBY}")], True


def _interpreter(root: Path, settings: Settings) -> Iterator[Line]:
    try:
        found = find_interpreter(root, settings.python, settings.python_source)
        yield "interpreter", f"{found.path} ({found.source})"
    except InterpreterNotFound as error:
        yield "interpreter", str(error)


def _sandbox(settings: Settings, description: Description | None) -> Iterator[Line]:
    """The mechanism in use first, then each of the others and why it is not."""
    used = description.mechanism if description else None
    if description is not None:
        yield "sandbox", f"{used}: {_UNCONFINED if used == 'off' else ' + '.join(description.layers)}"
    for number, name in enumerate(name for name in MECHANISMS if name != used):
        yield "" if used or number else "sandbox", f"{name}: {_standing(name, settings, used)}"


def _standing(name: str, settings: Settings, used: str | None) -> str:
    """Why a mechanism is not the one in use."""
    found = MECHANISMS[name]()
    if isinstance(found, Unavailable):
        return f"not available: {found.reason}"
    if used is None:
        return "works here"
    return "works here; a stronger one is used" if settings.sandbox == "auto" else "works here; not asked for"


def _list(label: str, items: Iterator[str]) -> Iterator[Line]:
    for number, item in enumerate(items):
        yield "" if number else label, item
