"""When documents are checked: one debouncer per document, at most one wanted check, only the newest counts.

All of it runs on the event loop, but for the check itself, which blocks and has a thread.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from threading import Event
from typing import Generic, TypeVar

from ckpt_lsp.server.buffers import Buffer

logger = logging.getLogger(__name__)

T = TypeVar("T")

PARALLEL = 4
"""Threads.  They mostly wait for a worker; a cancelled check may hold one until the worker lets go."""


@dataclass(frozen=True)
class _Wanted:
    task: asyncio.Task[None]
    cancelled: Event


class Checks(Generic[T]):
    """`check(buffer, cancelled)` runs in a thread; its result goes to `done`, its exception to `failed`.

    Neither is called for a check that a newer one has overtaken.
    """

    def __init__(
        self,
        check: Callable[[Buffer, Callable[[], bool]], T],
        done: Callable[[Buffer, T], None],
        failed: Callable[[Buffer, Exception], None],
        busy: Callable[[Buffer], AbstractAsyncContextManager[None]],
        threads: int = PARALLEL,
    ) -> None:
        self._check = check
        self._done = done
        self._failed = failed
        self._busy = busy
        self._wanted: dict[str, _Wanted] = {}
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="check")

    def schedule(self, buffer: Buffer, delay: float = 0.0) -> None:
        """Checks this version after `delay` seconds, instead of whatever was under way for the document."""
        self.cancel(buffer.uri)
        cancelled = Event()
        task = asyncio.get_running_loop().create_task(self._run(buffer, delay, cancelled))
        self._wanted[buffer.uri] = _Wanted(task, cancelled)

    def cancel(self, uri: str) -> None:
        wanted = self._wanted.pop(uri, None)
        if wanted:
            wanted.cancelled.set()
            wanted.task.cancel()

    def cancel_all(self) -> None:
        for uri in tuple(self._wanted):
            self.cancel(uri)

    def close(self) -> None:
        """Starts no further check; those that run are told to stop and not waited for."""
        for wanted in self._wanted.values():
            wanted.cancelled.set()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def settled(self, uri: str) -> None:
        """Returns once no check of the document is under way."""
        while (wanted := self._wanted.get(uri)) and not wanted.task.done():
            await asyncio.wait({wanted.task})

    async def _run(self, buffer: Buffer, delay: float, cancelled: Event) -> None:
        await asyncio.sleep(delay)
        try:
            async with self._busy(buffer):
                found = await self._in_thread(buffer, cancelled)
            self._done(buffer, found)
        except Exception as error:
            self._failed(buffer, error)

    def _in_thread(self, buffer: Buffer, cancelled: Event) -> asyncio.Future[T]:
        loop = asyncio.get_running_loop()
        return loop.run_in_executor(self._threads, self._check, buffer, cancelled.is_set)
