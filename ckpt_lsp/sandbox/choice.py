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
    'nothing of the workspace is executed; set sandbox = "off" to run its code without a sandbox, with your own rights'
)


def choose(setting: str = "auto") -> Confinement | Unavailable:
    """The mechanism for a setting, or why there is none.  Raises ValueError for an unknown setting."""
    if setting not in SETTINGS:
        raise ValueError(f"sandbox = {setting!r}: expected one of {', '.join(SETTINGS)}")
    if setting == "off":
        return Bare() if sys.platform != "win32" else Unavailable("dry runs need fork, which Windows lacks")
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
