"""Which mechanism: the strongest that works here, or the one that the user names."""

from __future__ import annotations

import functools
import sys

from . import bubblewrap, landlock, seatbelt
from .bare import Bare
from .interface import Confinement, Unavailable

SETTINGS = ("auto", "bubblewrap", "landlock", "seatbelt", "off")

_FINDERS = {"bubblewrap": bubblewrap.find, "landlock": landlock.find, "seatbelt": seatbelt.find}
_NEXT_STEP = (
    "nothing of the workspace is executed; to run its code without a sandbox, with your own rights, pass --sandbox off "
    "or set ckptLsp.sandbox to off in the editor (pyproject.toml cannot)"
)
_NOT_ON_WINDOWS = (
    "dry runs need what Windows lacks (fork, and a way to keep code in), so nothing of the workspace is executed; run "
    "ckpt-lsp in WSL or in a container, or pass --untrusted for what can be said without executing anything"
)


def choose(setting: str = "auto") -> Confinement | Unavailable:
    """The mechanism for a setting, or why there is none.  Raises ValueError for an unknown setting."""
    if setting not in SETTINGS:
        raise ValueError(f"sandbox = {setting!r}: expected one of {', '.join(SETTINGS)}")
    if sys.platform == "win32":
        return Unavailable(_NOT_ON_WINDOWS)
    if setting == "off":
        return Bare()
    names = ("bubblewrap", "landlock", "seatbelt") if setting == "auto" else (setting,)
    reasons = []
    for name in names:
        found = _find(name)
        if isinstance(found, Confinement):
            return found
        reasons.append(f"{name}: {found.reason}")
    return Unavailable(f"no sandbox works here ({'; '.join(reasons)}); {_NEXT_STEP}")


@functools.cache
def _find(name: str) -> Confinement | Unavailable:
    """Asked once per process: what works does not change while it runs."""
    return _FINDERS[name]()
