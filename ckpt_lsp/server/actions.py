"""Fixes as the client's code actions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lsprotocol import types as lsp

from ckpt_lsp.server.diagnostics import diagnostic
from ckpt_lsp.server.positions import range_of
from ckpt_lsp.server.workspace import OpenDocuments
from ckpt_lsp.types import Finding, Fix, TextEdit

KIND = lsp.CodeActionKind.QuickFix


def code_actions(
    findings: Iterable[Finding],
    params: lsp.CodeActionParams,
    documents: OpenDocuments,
    encoding: str,
    versioned: bool,
) -> list[lsp.CodeAction]:
    """The fixes of the findings that touch the asked range, in their order; a fix of several appears once.

    `versioned` says that the client takes edits bound to the version they were made for, and so cannot
    apply them to a text that has moved on.
    """
    if not _wanted(params.context.only):
        return []
    mended: dict[Fix, list[lsp.Diagnostic]] = {}
    for finding in findings:
        shown = diagnostic(finding, documents, encoding)
        if _touches(shown.range, params.range):
            for fix in finding.fixes:
                mended.setdefault(fix, []).extend([] if finding.silent else [shown])
    return [_action(fix, shown, documents, encoding, versioned) for fix, shown in mended.items()]


def _wanted(only: Sequence[lsp.CodeActionKind | str] | None) -> bool:
    """Whether quick fixes are among the kinds asked for; kinds are dotted, "" is the root of all."""
    return only is None or any(kind in ("", KIND) for kind in only)


def _touches(one: lsp.Range, other: lsp.Range) -> bool:
    return one.start <= other.end and other.start <= one.end


def _action(
    fix: Fix, shown: Sequence[lsp.Diagnostic], documents: OpenDocuments, encoding: str, versioned: bool
) -> lsp.CodeAction:
    return lsp.CodeAction(
        title=fix.title,
        kind=KIND,
        diagnostics=list(shown) or None,
        is_preferred=fix.preferred or None,
        edit=_workspace_edit(fix.edits, documents, encoding, versioned),
    )


def _workspace_edit(
    edits: Iterable[TextEdit], documents: OpenDocuments, encoding: str, versioned: bool
) -> lsp.WorkspaceEdit:
    by_uri: dict[str, list[lsp.TextEdit]] = {}
    versions: dict[str, int | None] = {}
    for edit in edits:
        cell = edit.span.cell
        uri = documents.uri(edit.path, cell)
        versions[uri] = documents.version(edit.path, cell)
        changed = range_of(documents.lines(edit.path, cell), edit.span, encoding)
        by_uri.setdefault(uri, []).append(lsp.TextEdit(changed, edit.text))
    if not versioned:
        return lsp.WorkspaceEdit(changes=dict(by_uri))
    changes = [_document_edit(uri, versions[uri], edits) for uri, edits in by_uri.items()]
    return lsp.WorkspaceEdit(document_changes=changes)


def _document_edit(uri: str, version: int | None, edits: Sequence[lsp.TextEdit]) -> lsp.TextDocumentEdit:
    return lsp.TextDocumentEdit(lsp.OptionalVersionedTextDocumentIdentifier(uri, version), list(edits))
