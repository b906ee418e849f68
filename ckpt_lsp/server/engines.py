"""One engine per workspace root, made when the first document below it is checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock

from ckpt_lsp.config import load_settings
from ckpt_lsp.engine import Engine
from ckpt_lsp.server.configuration import Editor
from ckpt_lsp.types import Document, SiteReport


class Engines:
    """Safe to use from several threads; everything here may block."""

    def __init__(self) -> None:
        self._editor: Editor = {}
        self._engines: dict[Path, Engine] = {}
        self._lock = Lock()
        self._closed = False

    def configure(self, editor: Editor) -> None:
        """The editor's settings from now on; running engines, which have the old ones, are closed."""
        with self._lock:
            self._editor = editor
        self.restart()

    def restart(self) -> None:
        """Closes all engines; the next check of each root makes a new one."""
        with self._lock:
            engines, self._engines = self._engines, {}
        for engine in engines.values():
            engine.close()

    def close(self) -> None:
        """The last word: no engine is made any more."""
        self._closed = True
        self.restart()

    def check(
        self, root: Path, document: Document, overlay: Mapping[Path, str], cancelled: Callable[[], bool]
    ) -> tuple[SiteReport, ...]:
        """Raises what `Engine` and `load_settings` raise."""
        return self._engine(root).check(document, overlay, cancelled)

    def remark(self, root: Path) -> str | None:
        """What to tell the user once of all checks below `root`."""
        engine = self._engines.get(root)
        return engine.remark if engine is not None else None

    def _engine(self, root: Path) -> Engine:
        with self._lock:
            if self._closed:
                raise RuntimeError("the server is shutting down")
            if root not in self._engines:
                self._engines[root] = Engine(root, load_settings(root, self._editor))
            return self._engines[root]
