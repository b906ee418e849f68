"""unresolved."""

from ...types import Severity
from .rule import Rule

UNRESOLVED = Rule(
    name="unresolved",
    severity=Severity.HINT,
    summary="There is no verdict on this load site; the reason says what stood in the way.",
    why=(
        "A verdict is only given where the dry run is sound. Where the path comes from a config file, a package is "
        "missing or a branch depends on data, the call is neither cleared nor accused: it is counted in the summary, "
        "named in the JSON, never shown as a warning. Where it is only the path that is not known, and files of "
        "the workspace load, the finding offers to write down which one it is: `# ckpt-lsp: checkpoint weights/a.pth`."
    ),
    fix=(
        "Follow the reason: install the package, put the file there, or write down how the script is started "
        "(`# ckpt-lsp: argv …`) and what it loads (`# ckpt-lsp: checkpoint …`)."
    ),
)
