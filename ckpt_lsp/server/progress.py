"""Work done progress, for work that turns out to be slow."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

PATIENCE = 1.0
"""Seconds before anything is shown."""


@asynccontextmanager
async def progress_when_slow(server: LanguageServer, title: str) -> AsyncIterator[None]:
    """Shows `title` while the body runs, from `PATIENCE` on, to clients that can show it."""
    window = server.client_capabilities.window
    if not (window and window.work_done_progress):
        yield
        return
    token = str(uuid.uuid4())
    shown = asyncio.Event()
    showing = asyncio.create_task(_show(server, token, title, shown))
    try:
        yield
    finally:
        showing.cancel()
        if shown.is_set():
            server.work_done_progress.end(token, lsp.WorkDoneProgressEnd())
            server.work_done_progress.tokens.pop(token, None)


async def _show(server: LanguageServer, token: str, title: str, shown: asyncio.Event) -> None:
    await asyncio.sleep(PATIENCE)
    await server.work_done_progress.create_async(token)
    server.work_done_progress.begin(token, lsp.WorkDoneProgressBegin(title=title, cancellable=False))
    shown.set()
