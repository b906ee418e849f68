"""An editor for tests: a real LSP client over stdio that keeps its own texts, as editors do."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest_lsp
from lsprotocol import types as lsp
from pygls.protocol import default_converter
from pytest_lsp.client import DEFAULT_CLIENT_FEATURES, register_lsp_features

SERVER = [str(Path(sys.executable).with_name("ckpt-lsp")), "serve"]
PATIENCE = 90.0
"""Seconds.  The first check of a server waits for a worker to import torch, on a machine that may be busy."""

UTF8, UTF16, UTF32 = "utf-8", "utf-16", "utf-32"
_CODEC = {UTF8: ("utf-8", 1), UTF16: ("utf-16-le", 2), UTF32: ("utf-32-le", 4)}


@dataclass
class Editor:
    client: pytest_lsp.LanguageClient
    encoding: str = UTF16
    texts: dict[str, str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    published: list[lsp.PublishDiagnosticsParams] = field(default_factory=list)
    registered: list[lsp.Registration] = field(default_factory=list)
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def pid(self) -> int:
        return self.client._server.pid

    def open(self, path: Path, text: str | None = None) -> str:
        uri = path.as_uri()
        self.texts[uri] = path.read_text(encoding="utf-8") if text is None else text
        self.versions[uri] = 1
        item = lsp.TextDocumentItem(uri, "python", 1, self.texts[uri])
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
        return uri

    def edit(self, uri: str, *edits: lsp.TextEdit) -> None:
        """Applies edits that do not overlap, last first, each told to the server as an increment."""
        self._changed(uri, self.edited(uri, *edits))

    def edited(self, uri: str, *edits: lsp.TextEdit) -> list[lsp.TextDocumentContentChangeEvent]:
        """Applies them to the text here, and returns what the server is to be told."""
        changes: list[lsp.TextDocumentContentChangeEvent] = []
        for edit in sorted(edits, key=lambda edit: edit.range.start, reverse=True):
            start, end = (self._offset(uri, place) for place in (edit.range.start, edit.range.end))
            self.texts[uri] = self.texts[uri][:start] + edit.new_text + self.texts[uri][end:]
            changes.append(lsp.TextDocumentContentChangePartial(edit.range, edit.new_text))
        return changes

    def replace(self, uri: str, text: str) -> None:
        self.texts[uri] = text
        self._changed(uri, [lsp.TextDocumentContentChangeWholeDocument(text)])

    def _changed(self, uri: str, changes: list[lsp.TextDocumentContentChangeEvent]) -> None:
        self.versions[uri] += 1
        identifier = lsp.VersionedTextDocumentIdentifier(self.versions[uri], uri)
        self.client.text_document_did_change(lsp.DidChangeTextDocumentParams(identifier, changes))

    def save(self, uri: str, path: Path) -> None:
        path.write_text(self.texts[uri], encoding="utf-8")
        self.client.text_document_did_save(lsp.DidSaveTextDocumentParams(lsp.TextDocumentIdentifier(uri)))

    def close(self, uri: str) -> None:
        del self.versions[uri]
        self.client.text_document_did_close(lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(uri)))

    async def diagnostics(self, uri: str) -> list[lsp.Diagnostic]:
        """What the server says of the version that is open now, as soon as it says it."""
        return await self.next_diagnostics(uri, 0)

    async def next_diagnostics(self, uri: str, after: int) -> list[lsp.Diagnostic]:
        """The same, among what was published after the first `after` publications."""

        def found() -> list[lsp.PublishDiagnosticsParams]:
            wanted = self.versions.get(uri)
            return [said for said in self.published[after:] if said.uri == uri and said.version == wanted]

        told = len(self.client.messages)
        async with self.news:
            until = self.news.wait_for(lambda: found() or self.client.messages[told:])
            await asyncio.wait_for(until, PATIENCE)
        assert found(), f"the user is told: {self.client.messages[-1].message}"
        return list(found()[-1].diagnostics)

    async def until(self, uri: str, rules: set[str]) -> None:
        """Waits for a publication that ends with exactly these rules."""

        def newest() -> set[object] | None:
            said = [said for said in self.published if said.uri == uri]
            return {shown.code for shown in said[-1].diagnostics} if said else None

        async with self.news:
            await asyncio.wait_for(self.news.wait_for(lambda: newest() == rules), PATIENCE)

    async def message(self, count: int = 1) -> lsp.ShowMessageParams:
        """The message that is the `count`th to be shown to the user."""
        shown = self.client.messages
        async with self.news:
            await asyncio.wait_for(self.news.wait_for(lambda: len(shown) >= count), PATIENCE)
        return shown[count - 1]

    async def actions(self, uri: str, where: lsp.Range, *only: str) -> list[lsp.CodeAction]:
        context = lsp.CodeActionContext(diagnostics=[], only=only or None)
        params = lsp.CodeActionParams(lsp.TextDocumentIdentifier(uri), where, context)
        answer = self.client.text_document_code_action_async(params)
        return list(await asyncio.wait_for(answer, PATIENCE) or [])

    def apply(self, action: lsp.CodeAction) -> None:
        """As an editor does it: refuses edits made for another version of the text."""
        assert action.edit is not None
        for uri, edits in (action.edit.changes or {}).items():
            self.edit(uri, *edits)
        for change in action.edit.document_changes or ():
            assert isinstance(change, lsp.TextDocumentEdit)
            uri = change.text_document.uri
            assert change.text_document.version == self.versions[uri]
            self.edit(uri, *change.edits)

    def text_at(self, uri: str, where: lsp.Range) -> str:
        return self.texts[uri][self._offset(uri, where.start) : self._offset(uri, where.end)]

    def _offset(self, uri: str, place: lsp.Position) -> int:
        codec, width = _CODEC[self.encoding]
        starts = [0] + [found.end() for found in re.finditer(r"\r\n|\r|\n", self.texts[uri])]
        rest = self.texts[uri][starts[place.line] :].encode(codec)
        return starts[place.line] + len(rest[: place.character * width].decode(codec))


class NotebookEditor:
    """A notebook open in an editor, which tells the server of its cells as documents of their own."""

    def __init__(self, editor: Editor, path: Path, cells: Sequence[tuple[str, str]]) -> None:
        self._editor = editor
        self._version = 1
        self.uri = path.as_uri()
        self._kinds: dict[str, str] = {}
        self.cells = [self._new(kind, text) for kind, text in cells]
        notebook = lsp.NotebookDocument(self.uri, "jupyter-notebook", 1, [self._told(cell) for cell in self.cells])
        params = lsp.DidOpenNotebookDocumentParams(notebook, [self._item(cell) for cell in self.cells])
        editor.client.notebook_document_did_open(params)

    def texts(self) -> list[tuple[str, str]]:
        return [(self._kinds[cell], self._editor.texts[cell]) for cell in self.cells]

    def edit(self, cell: str, *edits: lsp.TextEdit) -> None:
        changes = self._editor.edited(cell, *edits)
        self._editor.versions[cell] += 1
        identifier = lsp.VersionedTextDocumentIdentifier(self._editor.versions[cell], cell)
        self._change(text_content=[lsp.NotebookDocumentCellContentChanges(identifier, changes)])

    def insert(self, at: int, kind: str, text: str) -> None:
        cell = self._new(kind, text)
        self.cells.insert(at, cell)
        array = lsp.NotebookCellArrayChange(at, 0, [self._told(cell)])
        self._change(structure=lsp.NotebookDocumentCellChangeStructure(array, did_open=[self._item(cell)]))

    def remove(self, at: int) -> None:
        gone = lsp.TextDocumentIdentifier(self.cells.pop(at))
        array = lsp.NotebookCellArrayChange(at, 1)
        self._change(structure=lsp.NotebookDocumentCellChangeStructure(array, did_close=[gone]))

    def apply(self, action: lsp.CodeAction) -> None:
        """As an editor does it: refuses edits made for another version of a cell."""
        assert action.edit is not None and action.edit.document_changes
        for change in action.edit.document_changes:
            assert isinstance(change, lsp.TextDocumentEdit)
            cell = change.text_document.uri
            assert change.text_document.version == self._editor.versions[cell]
            self.edit(cell, *change.edits)

    def close(self) -> None:
        cells = [lsp.TextDocumentIdentifier(cell) for cell in self.cells]
        for cell in self.cells:
            del self._editor.versions[cell]
        params = lsp.DidCloseNotebookDocumentParams(lsp.NotebookDocumentIdentifier(self.uri), cells)
        self._editor.client.notebook_document_did_close(params)

    def _new(self, kind: str, text: str) -> str:
        uri = f"{self.uri.replace('file:', 'vscode-notebook-cell:')}#W{len(self._kinds)}sZmlsZQ%3D%3D"
        self._kinds[uri] = kind
        self._editor.texts[uri], self._editor.versions[uri] = text, 1
        return uri

    def _told(self, cell: str) -> lsp.NotebookCell:
        code = self._kinds[cell] == "code"
        return lsp.NotebookCell(lsp.NotebookCellKind.Code if code else lsp.NotebookCellKind.Markup, cell)

    def _item(self, cell: str) -> lsp.TextDocumentItem:
        language = "python" if self._kinds[cell] == "code" else "markdown"
        return lsp.TextDocumentItem(cell, language, 1, self._editor.texts[cell])

    def _change(self, **changes: Any) -> None:
        self._version += 1
        identifier = lsp.VersionedNotebookDocumentIdentifier(self._version, self.uri)
        event = lsp.NotebookDocumentChangeEvent(cells=lsp.NotebookDocumentCellChanges(**changes))
        self._editor.client.notebook_document_did_change(lsp.DidChangeNotebookDocumentParams(identifier, event))


@asynccontextmanager
async def editing(
    root: Path | None,
    *,
    encodings: tuple[str, ...] | None = (UTF16,),
    settings: dict[str, Any] | None = None,
    options: dict[str, Any] | None = None,
    environment: dict[str, str] | None = None,
    like: str = "visual-studio-code",
) -> AsyncIterator[Editor]:
    """An editor with `root` as its workspace folder, or with none, that can what `like` can.

    `settings` is the section `ckptLsp` of its settings.
    """
    client = pytest_lsp.LanguageClient(
        converter_factory=default_converter, configuration={"": {"ckptLsp": settings or {}}}
    )
    editor = Editor(client)
    register_lsp_features(client, {**DEFAULT_CLIENT_FEATURES, **_listeners(editor)})
    await client.start_io(*SERVER, env={**os.environ, **(environment or {})})
    try:
        result = await client.initialize_session(_introduction(root, like, encodings, options))
        editor.encoding = result.capabilities.position_encoding or UTF16
        yield editor
        if client._server.returncode is None:
            await asyncio.wait_for(client.shutdown_session(), PATIENCE)
    finally:
        if client._server.returncode is None:
            client._server.kill()
        await client.stop()


def _listeners(editor: Editor) -> dict[str, Any]:
    async def publish(client: pytest_lsp.LanguageClient, params: lsp.PublishDiagnosticsParams) -> None:
        async with editor.news:
            editor.published.append(params)
            editor.news.notify_all()

    async def show(client: pytest_lsp.LanguageClient, params: lsp.ShowMessageParams) -> None:
        async with editor.news:
            client.messages.append(params)
            editor.news.notify_all()

    def register(client: pytest_lsp.LanguageClient, params: lsp.RegistrationParams) -> None:
        editor.registered.extend(params.registrations)

    return {
        lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS: publish,
        lsp.WINDOW_SHOW_MESSAGE: show,
        lsp.CLIENT_REGISTER_CAPABILITY: register,
    }


def _introduction(
    root: Path | None, like: str, encodings: tuple[str, ...] | None, options: dict[str, Any] | None
) -> lsp.InitializeParams:
    capabilities = pytest_lsp.client_capabilities(like)
    general = capabilities.general = capabilities.general or lsp.GeneralClientCapabilities()
    general.position_encodings = None if encodings is None else list(encodings)
    folders = [lsp.WorkspaceFolder(root.as_uri(), root.name)] if root else None
    return lsp.InitializeParams(capabilities=capabilities, workspace_folders=folders, initialization_options=options)
