"""bad-hint."""

from ...types import Severity
from .rule import Rule

BAD_HINT = Rule(
    name="bad-hint",
    severity=Severity.WARNING,
    summary="A `# ckpt-lsp:` comment cannot be followed.",
    why=(
        "`# ckpt-lsp: argv …`, `# ckpt-lsp: checkpoint PATH` and `# ckpt-lsp: cwd FOLDER` say how a script is started "
        "and what it loads. One that is misspelt, stands at no load site, is given twice, or names a file or folder "
        "that is not there changes nothing, and what is said of the call is not what its author thinks."
    ),
    fix="Correct the comment, move it to the line of the call or directly above it, or delete it.",
)
