"""What the client is told of one file: what was found in it, and what its edits break elsewhere."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types as lsp

from ckpt_lsp.server.breaks import breaks
from ckpt_lsp.server.diagnostics import Findings, diagnostic
from ckpt_lsp.server.workspace import OpenDocuments


def publications(
    path: Path, findings: Findings, documents: OpenDocuments, encoding: str
) -> list[lsp.PublishDiagnosticsParams]:
    """All that is known of one file, with the version of its buffer; of a notebook, cell by cell."""
    buffer = documents.at(path)
    found = [finding for finding in findings.at(path) if not finding.silent]
    broken = breaks(buffer, findings, documents, encoding) if buffer else []
    return [
        lsp.PublishDiagnosticsParams(
            uri=documents.uri(path, cell),
            version=documents.version(path, cell),
            diagnostics=[diagnostic(f, documents, encoding) for f in found if f.span.cell == cell] + broken,
        )
        for cell in (range(len(buffer.cells)) if buffer and buffer.cells else (None,))
    ]
