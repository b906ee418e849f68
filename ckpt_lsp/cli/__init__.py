"""The command line: arguments in, exit code out.

0: nothing at or above the failing severity.  1: findings.  2: the tool could not do its work.
"""

from ckpt_lsp.cli.app import main

__all__ = ["main"]
