"""What verdicts mean: rules, causes, proven fixes.  Pure: torch is only asked, through `Case`."""

from .bad_hints import bad_hint
from .case import Case
from .findings import diagnose
from .lenience import agreed
from .suppressions import suppress
from .worlds import elsewhere

__all__ = ["Case", "agreed", "bad_hint", "diagnose", "elsewhere", "suppress"]
