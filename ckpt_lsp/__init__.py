"""ckpt-lsp: says what torch would say about a checkpoint, before the script runs."""

__version__ = "0.1.0"
