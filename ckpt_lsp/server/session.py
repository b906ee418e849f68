"""One session with one client: its documents, its settings, what was found, and how it ends."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

from ckpt_lsp import __version__
from ckpt_lsp.config import ConfigError
from ckpt_lsp.engine import EngineUnavailable, SourceError
from ckpt_lsp.engine.together import Joint
from ckpt_lsp.server import configuration
from ckpt_lsp.server.actions import Client, code_actions
from ckpt_lsp.server.buffers import Buffer, parses
from ckpt_lsp.server.checks import Checks
from ckpt_lsp.server.diagnostics import Checked, Findings
from ckpt_lsp.server.disk import Checkpoints
from ckpt_lsp.server.engines import Engines
from ckpt_lsp.server.following import Following, Listeners
from ckpt_lsp.server.hovers import hover
from ckpt_lsp.server.progress import progress_when_slow
from ckpt_lsp.server.publishing import publications
from ckpt_lsp.server.workspace import OpenDocuments, path_of, root_of

logger = logging.getLogger(__name__)

T = TypeVar("T")

DEBOUNCE = 0.25
"""Seconds of quiet after a change before the document is checked."""

CLIENT_PATIENCE = 5.0
"""Seconds that a client has to answer what the first check waits for: its settings."""

LOOK_AGAIN = 2.0
"""Seconds between two looks at the checkpoints on disk."""

LAST_RESORT = 5.0
"""Seconds that threads have to end once the server stops; then the process ends without them."""

NOTEBOOKS = lsp.NotebookDocumentSyncOptions(
    notebook_selector=[
        lsp.NotebookDocumentFilterWithNotebook("jupyter-notebook", cells=[lsp.NotebookCellLanguage("python")])
    ],
    save=True,
)

WATCHED = "**/{*.py,*.pt,*.pth,*.ckpt,*.bin,*.tar,*.pkl,*.safetensors,*.json,pyproject.toml,ckpt-lsp.lock}"


class CheckpointServer(LanguageServer):
    """The state of one session and what happens to it; the handlers of `app` only call in here."""

    def __init__(self) -> None:
        super().__init__("ckpt-lsp", __version__, notebook_document_sync=NOTEBOOKS)
        self.documents = OpenDocuments()
        self.findings = Findings()
        self.folders: tuple[Path, ...] = ()
        self.checkpoints = Checkpoints()
        self.engines = Engines(lambda path: root_of(path, self.folders))
        self.checks = Checks(self._check, self._done, self._failed, self._around)
        self.joining = Checks(self._join, self._joined, self._failed, self._behind, threads=1)
        self._joints: dict[str, tuple[Buffer, tuple[Joint, ...]]] = {}
        listeners = Listeners(self._found, self._taken_back, self._failed, self._behind)
        self.following = Following(self.engines, self.documents, listeners)
        self.stopped_as_asked = False
        self._initial: configuration.Editor = {}
        self._configured = asyncio.Event()
        self._told: set[str] = set()
        self._said: set[str] = set()

    @property
    def encoding(self) -> str:
        """The position encoding agreed on: utf-8, utf-16 or utf-32."""
        return self.server_capabilities.position_encoding or lsp.PositionEncodingKind.Utf16

    # What the client does to documents

    def opened(self, buffer: Buffer | None) -> None:
        if buffer:
            self.following.opened(buffer)
            self.checks.schedule(buffer)
            self.recheck_others(buffer)

    def changed(self, buffer: Buffer | None) -> None:
        if buffer:
            self.checks.schedule(buffer, DEBOUNCE)
            self.following.edited(buffer)
            if parses(buffer.text):
                self.recheck_others(buffer)

    def saved(self, uri: str) -> None:
        buffer = self.documents.get(uri)
        if buffer:
            self.checks.schedule(buffer)

    def closed(self, uri: str) -> None:
        buffer = self.documents.close(uri)
        if buffer:
            self.checks.cancel(uri)
            self.joining.cancel(uri)
            self._joints.pop(uri, None)
            self.checkpoints.forget(uri)
            paths = self.findings.drop(buffer)
            for shown in (buffer, *(cell.document for cell in buffer.cells)):
                self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri=shown.uri, diagnostics=[]))
            self._publish(paths - {buffer.path})
            self.recheck_others(buffer)
            self.following.closed(buffer)

    def recheck_others(self, changed: Buffer) -> None:
        """Another document's model may be defined in this one, which an edit that does not parse is no news of."""
        for uri in self.findings.with_sites():
            buffer = self.documents.get(uri)
            if buffer and uri != changed.uri:
                self.checks.schedule(buffer, DEBOUNCE)

    def recheck_all(self, delay: float = 0.0) -> None:
        for buffer in self.documents:
            self.checks.schedule(buffer, delay)
        self.following.recheck()

    async def files_changed(self, changes: Iterable[lsp.FileEvent]) -> None:
        """A file that is open counts as the editor has it, whatever is on disk."""
        told = [(path, change.type) for change in changes if (path := path_of(change.uri))]
        self.engines.files_changed(any(kind != lsp.FileChangeType.Changed for _, kind in told))
        paths = {path for path, _ in told if not self.documents.at(path)}
        if any(path.name == "pyproject.toml" for path in paths):
            self._cancel_all()
            await self._in_thread(self.engines.restart)
        if paths:
            self.recheck_all(DEBOUNCE)

    async def watch_checkpoints(self) -> None:
        """Never returns."""
        while True:
            await asyncio.sleep(LOOK_AGAIN)
            for uri in await self._in_thread(self.checkpoints.changed):
                buffer = self.documents.get(uri)
                self.checkpoints.forget(uri)
                if buffer:
                    self.checks.schedule(buffer, DEBOUNCE)
                else:
                    self.following.recheck()

    async def actions(self, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        """Waits for the check of the text that the client asks about."""
        uri = params.text_document.uri
        buffer, cell = self.documents.holding(uri) or (None, None)
        if buffer:
            await self.checks.settled(buffer.uri)
            await self.joining.settled(buffer.uri)
        buffer, cell = self.documents.holding(uri) or (None, None)
        if buffer is None or self.findings.of(buffer) is None:
            return []
        found = [finding for finding in self.findings.at(buffer.path) if finding.span.cell == cell]
        joined, joints = self._joints.get(buffer.uri, (None, ()))
        client = Client(self.documents, self.encoding, self._versioned_edits())
        return code_actions(found, joints if joined == buffer else (), params, client)

    def hover(self, params: lsp.HoverParams) -> lsp.Hover | None:
        buffer, cell = self.documents.holding(params.text_document.uri) or (None, None)
        checked = self.findings.of(buffer) if buffer else None
        if checked is None:
            return None
        root = root_of(checked.buffer.path, self.folders)
        lines = self.documents.lines(checked.buffer.path, cell)
        return hover(checked, cell, lines, params.position, root, self.encoding)

    # Settings

    async def configure(self, editor: configuration.Editor) -> None:
        """Takes new settings; what was wrong under the old ones may be told again.

        What came with `initialize` wins: there an extension says what it has worked out (the interpreter
        that is selected, whether the workspace is trusted), and no setting may take that back.
        """
        self._told.clear()
        self._cancel_all()
        await self._in_thread(lambda: self.engines.configure({**editor, **self._initial}))
        self._configured.set()
        self.recheck_all()

    async def initialized(self, options: object) -> None:
        """Gets the settings; the first check waits for them."""
        wanted = configuration.registrations(self.client_capabilities, WATCHED)
        if wanted:
            self.client_register_capability(lsp.RegistrationParams(wanted))
        self._initial = configuration.section(options)
        await self.configure(await self._pulled() or {})

    async def settings_changed(self, pushed: object) -> None:
        pulled = await self._pulled()
        await self.configure(configuration.section(pushed) if pulled is None else pulled)

    async def _pulled(self) -> configuration.Editor | None:
        try:
            return await asyncio.wait_for(configuration.pulled(self), CLIENT_PATIENCE)
        except Exception as error:
            logger.warning("the client does not tell its settings: %r", error)
            return None

    # Checks

    def _check(self, buffer: Buffer, cancelled: Callable[[], bool]) -> Checked:
        seen = self.documents.overlay(buffer)
        return Checked(buffer, self.engines.check(buffer.document, seen, cancelled), seen)

    def _done(self, buffer: Buffer, checked: Checked) -> None:
        self._found(buffer, checked)
        if any(fix.preferred for finding in checked.findings for fix in finding.fixes):
            self.joining.schedule(buffer)

    def _join(self, buffer: Buffer, cancelled: Callable[[], bool]) -> tuple[Joint, ...]:
        checked = self.findings.of(buffer)
        if checked is None:
            return ()
        return self.engines.together(buffer.document, checked.reports, checked.seen, cancelled)

    def _joined(self, buffer: Buffer, joints: tuple[Joint, ...]) -> None:
        self._joints[buffer.uri] = (buffer, joints)

    def _found(self, buffer: Buffer, checked: Checked) -> None:
        logger.info("%s version %s: %d load sites", buffer.path, buffer.version, len(checked.reports))
        remark = self.engines.remark(buffer.path) if checked.reports else None
        if remark:
            self._tell(remark)
        self.checkpoints.note(buffer.uri, checked.reports)
        self._publish(self.findings.put(checked))

    def _taken_back(self, file: Buffer) -> None:
        self.checkpoints.forget(file.uri)
        self._publish(self.findings.drop(file))
        if self.documents.uri(file.path) != file.uri:
            self._say(lsp.PublishDiagnosticsParams(uri=file.uri, diagnostics=[]))

    def _failed(self, buffer: Buffer, error: Exception) -> None:
        """The document keeps its last findings."""
        if isinstance(error, (EngineUnavailable, ConfigError)):
            self._tell(str(error))
        elif isinstance(error, SourceError):
            logger.info("%s: %s", buffer.path, error)
        else:
            logger.error("cannot check %s", buffer.path, exc_info=error)

    @asynccontextmanager
    async def _around(self, buffer: Buffer) -> AsyncIterator[None]:
        await self._configured.wait()
        async with progress_when_slow(self, f"Checking {buffer.path.name}"):
            yield

    @asynccontextmanager
    async def _behind(self, buffer: Buffer) -> AsyncIterator[None]:
        """For checks that nobody waits for."""
        await self._configured.wait()
        yield

    def _publish(self, paths: Iterable[Path]) -> None:
        """A file whose own check is still to come is left for it: ranges into its text may be off by now."""
        for path in sorted(paths):
            buffer = self.documents.at(path)
            if buffer is None or self.findings.of(buffer):
                for told in publications(path, self.findings, self.documents, self.encoding):
                    self._say(told)

    def _say(self, told: lsp.PublishDiagnosticsParams) -> None:
        """Nothing of a file of which nothing was ever said."""
        if told.diagnostics or told.version is not None or told.uri in self._said:
            self._said.add(told.uri)
            self.text_document_publish_diagnostics(told)

    def _tell(self, message: str) -> None:
        """Shows a message, the same one only once."""
        if message not in self._told:
            self._told.add(message)
            self.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Warning, message))

    def _versioned_edits(self) -> bool:
        workspace = self.client_capabilities.workspace
        edit = workspace.workspace_edit if workspace else None
        return bool(edit and edit.document_changes)

    # The end

    def _cancel_all(self) -> None:
        for running in (self.checks, self.joining, self.following):
            running.cancel_all()

    def _close_all(self) -> None:
        for running in (self.checks, self.joining, self.following):
            running.close()

    async def stop(self) -> None:
        """The `shutdown` request: answered when no process of ours is left."""
        self.stopped_as_asked = True
        self._cancel_all()
        self._close_all()
        await self._in_thread(self.engines.close)

    def shutdown(self) -> None:
        """Called by pygls when the connection is over, whoever ended it."""
        exit_at_last(0 if self.stopped_as_asked else 1)
        self._close_all()
        self.engines.close()
        super().shutdown()  # type: ignore[no-untyped-call]  # pygls has no types here

    def report_server_error(self, error: Exception, source: object) -> None:
        """Into the log, and not, as pygls does, on the user's screen."""
        logger.error("%s", error, exc_info=error)

    @staticmethod
    async def _in_thread(work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(None, work)


def exit_at_last(status: int) -> None:
    """Ends the process even if a thread hangs: one that reads stdin, one that waits for a worker."""
    timer = threading.Timer(LAST_RESORT, os._exit, (status,))
    timer.daemon = True
    timer.start()
