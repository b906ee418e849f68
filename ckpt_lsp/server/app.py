"""The language server: what the client says, handed to the session."""

from __future__ import annotations

import logging
import os
import signal
import sys
from typing import BinaryIO

from lsprotocol import types as lsp

from ckpt_lsp.server.actions import FIX_ALL, QUICK_FIX
from ckpt_lsp.server.session import CheckpointServer, exit_at_last
from ckpt_lsp.server.workspace import folders_of, path_of

_LOG_LEVELS = {
    lsp.TraceValue.Off: logging.WARNING,
    lsp.TraceValue.Messages: logging.INFO,
    lsp.TraceValue.Verbose: logging.DEBUG,
}


def build() -> CheckpointServer:
    """A server with its handlers, not yet connected."""
    server = CheckpointServer()
    options: list[object] = [None]

    @server.feature(lsp.INITIALIZE)
    def initialize(params: lsp.InitializeParams) -> None:
        set_log_level(params.trace or lsp.TraceValue.Off)
        server.folders = folders_of(params)
        options[0] = params.initialization_options

    @server.feature(lsp.INITIALIZED)
    async def initialized(_: lsp.InitializedParams) -> None:
        await server.initialized(options[0])
        await server.watch_checkpoints()

    @server.feature(lsp.SET_TRACE)
    def set_trace(params: lsp.SetTraceParams) -> None:
        set_log_level(params.value)

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def did_open(params: lsp.DidOpenTextDocumentParams) -> None:
        server.opened(server.documents.open(params.text_document))

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(params: lsp.DidChangeTextDocumentParams) -> None:
        server.changed(server.documents.change(params, server.encoding))

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def did_save(params: lsp.DidSaveTextDocumentParams) -> None:
        server.saved(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(params: lsp.DidCloseTextDocumentParams) -> None:
        server.closed(params.text_document.uri)

    @server.feature(lsp.NOTEBOOK_DOCUMENT_DID_OPEN)
    def did_open_notebook(params: lsp.DidOpenNotebookDocumentParams) -> None:
        server.opened(server.documents.open_notebook(params))

    @server.feature(lsp.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def did_change_notebook(params: lsp.DidChangeNotebookDocumentParams) -> None:
        server.changed(server.documents.change_notebook(params, server.encoding))

    @server.feature(lsp.NOTEBOOK_DOCUMENT_DID_SAVE)
    def did_save_notebook(params: lsp.DidSaveNotebookDocumentParams) -> None:
        server.saved(params.notebook_document.uri)

    @server.feature(lsp.NOTEBOOK_DOCUMENT_DID_CLOSE)
    def did_close_notebook(params: lsp.DidCloseNotebookDocumentParams) -> None:
        server.closed(params.notebook_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, lsp.CodeActionOptions(code_action_kinds=[QUICK_FIX, FIX_ALL]))
    async def code_action(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        return await server.actions(params)

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    def hover(params: lsp.HoverParams) -> lsp.Hover | None:
        return server.hover(params)

    @server.feature(lsp.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def did_change_configuration(params: lsp.DidChangeConfigurationParams) -> None:
        await server.settings_changed(params.settings)

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    async def did_change_watched_files(params: lsp.DidChangeWatchedFilesParams) -> None:
        await server.files_changed(params.changes)

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def did_change_folders(params: lsp.DidChangeWorkspaceFoldersParams) -> None:
        removed = {path_of(folder.uri) for folder in params.event.removed}
        added = [path for folder in params.event.added if (path := path_of(folder.uri))]
        server.folders = (*(path for path in server.folders if path not in removed), *added)
        server.recheck_all()

    @server.feature(lsp.SHUTDOWN)
    async def shutdown(_: None) -> None:
        await server.stop()

    return server


def serve() -> int:
    """Speaks LSP over stdio until the client is done or gone; returns the exit status that LSP asks for."""
    logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    reader, writer = _private_stdio()
    server = build()
    signal.signal(signal.SIGTERM, lambda *_: _terminate(server))
    server.start_io(reader, writer)
    return 0 if server.stopped_as_asked else 1


def set_log_level(trace: lsp.TraceValue) -> None:
    """Tracing goes to stderr, which editors keep as the server's log."""
    logging.getLogger().setLevel(_LOG_LEVELS[trace])


def _private_stdio() -> tuple[BinaryIO, BinaryIO]:
    """The client's pipes, out of reach of anything that reads stdin or prints."""
    reader = os.fdopen(os.dup(0), "rb")
    writer = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return reader, writer


def _terminate(server: CheckpointServer) -> None:
    """SIGTERM.  The thread that reads stdin cannot be woken, so there is no orderly way out."""
    exit_at_last(1)
    server.engines.close()
    os._exit(1)
