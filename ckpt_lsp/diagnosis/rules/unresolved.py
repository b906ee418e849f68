"""unresolved."""

from ...types import Severity
from .rule import Rule

UNRESOLVED = Rule(
    name="unresolved",
    severity=Severity.HINT,
    summary="There is no verdict on this load site; the reason says what stood in the way.",
    why=(
        "A verdict is only given where the dry run is sound. Where the path comes from a config file, a package is "
        "missing or a branch depends on data, the call is neither cleared nor accused. It is counted in the summary "
        "and named in the JSON, never shown as a warning."
    ),
    fix="Follow the reason: install the package, put the file there, or write down how the script is started.",
)
