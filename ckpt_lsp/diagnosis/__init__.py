"""What verdicts mean: rules, causes, proven fixes.  Pure: torch is only asked, through `Case.ask`."""

from .case import Case
from .findings import diagnose
from .suppressions import suppress
from .worlds import elsewhere

__all__ = ["Case", "diagnose", "elsewhere", "suppress"]
