"""Fixes as the client's code actions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lsprotocol import types as lsp

from ckpt_lsp.engine.together import Joint
from ckpt_lsp.server.diagnostics import diagnostic
from ckpt_lsp.server.positions import range_of
from ckpt_lsp.server.workspace import OpenDocuments
from ckpt_lsp.types import Finding, Fix, TextEdit

QUICK_FIX = lsp.CodeActionKind.QuickFix.value
FIX_ALL = "source.fixAll.ckpt-lsp"


@dataclass(frozen=True)
class Client:
    """What decides how edits are written down."""

    documents: OpenDocuments
    encoding: str
    versioned: bool
    """The client takes edits bound to the version they were made for, and so cannot apply them to a text that
    has moved on."""


def code_actions(
    findings: Iterable[Finding], joints: Sequence[Joint], params: lsp.CodeActionParams, client: Client
) -> list[lsp.CodeAction]:
    """The fixes of the findings that touch the asked range, in their order, a fix of several once; then those that
    also mend other places in the same way; then the one that mends the whole file."""
    only, found = params.context.only, []
    if _wanted(only, QUICK_FIX):
        mended = _mended(findings, params.range, client)
        found += [_action(fix, QUICK_FIX, shown, client) for fix, shown in mended.items()]
        for joint in joints[1:]:
            shown = [diagnostic for fix in joint.parts for diagnostic in mended.get(fix, ())]
            found += [_action(joint.fix, QUICK_FIX, shown, client)] if shown else []
    if joints and _wanted(only, FIX_ALL) and (only or len(joints[0].parts) > 1):
        found.append(_action(joints[0].fix, FIX_ALL, [], client))
    return found


def _mended(findings: Iterable[Finding], asked: lsp.Range, client: Client) -> dict[Fix, list[lsp.Diagnostic]]:
    mended: dict[Fix, list[lsp.Diagnostic]] = {}
    for finding in findings:
        shown = diagnostic(finding, client.documents, client.encoding)
        if _touches(shown.range, asked):
            for fix in finding.fixes:
                mended.setdefault(fix, []).extend([] if finding.silent else [shown])
    return mended


def _wanted(only: Sequence[lsp.CodeActionKind | str] | None, kind: str) -> bool:
    """Whether this kind is among those asked for; kinds are dotted, "" is the root of all."""
    return only is None or any(asked in ("", kind) or kind.startswith(f"{asked}.") for asked in map(_plain, only))


def _plain(kind: lsp.CodeActionKind | str) -> str:
    return kind.value if isinstance(kind, lsp.CodeActionKind) else kind


def _touches(one: lsp.Range, other: lsp.Range) -> bool:
    return one.start <= other.end and other.start <= one.end


def _action(fix: Fix, kind: str, shown: Sequence[lsp.Diagnostic], client: Client) -> lsp.CodeAction:
    return lsp.CodeAction(
        title=fix.title,
        kind=kind,
        diagnostics=list(shown) or None,
        is_preferred=fix.preferred or None,
        edit=_workspace_edit(fix.edits, client),
    )


def _workspace_edit(edits: Iterable[TextEdit], client: Client) -> lsp.WorkspaceEdit:
    documents = client.documents
    by_uri: dict[str, list[lsp.TextEdit]] = {}
    versions: dict[str, int | None] = {}
    for edit in edits:
        cell = edit.span.cell
        uri = documents.uri(edit.path, cell)
        versions[uri] = documents.version(edit.path, cell)
        changed = range_of(documents.lines(edit.path, cell), edit.span, client.encoding)
        by_uri.setdefault(uri, []).append(lsp.TextEdit(changed, edit.text))
    if not client.versioned:
        return lsp.WorkspaceEdit(changes=dict(by_uri))
    changes = [_document_edit(uri, versions[uri], edits) for uri, edits in by_uri.items()]
    return lsp.WorkspaceEdit(document_changes=changes)


def _document_edit(uri: str, version: int | None, edits: Sequence[lsp.TextEdit]) -> lsp.TextDocumentEdit:
    return lsp.TextDocumentEdit(lsp.OptionalVersionedTextDocumentIdentifier(uri, version), list(edits))
