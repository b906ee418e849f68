"""One engine per workspace root, made when the first document below it is checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Lock

from ckpt_lsp.config import load_settings
from ckpt_lsp.engine import Engine
from ckpt_lsp.engine.together import Joint
from ckpt_lsp.server.configuration import Editor
from ckpt_lsp.types import Document, SiteReport

PATIENCE = 1.5
"""Seconds for telling more of a call that stays undecided: somebody may be typing."""


class Engines:
    """Safe to use from several threads; everything here may block."""

    def __init__(self, root_of: Callable[[Path], Path]) -> None:
        self._root_of = root_of
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
        self, document: Document, overlay: Mapping[Path, str], cancelled: Callable[[], bool]
    ) -> tuple[SiteReport, ...]:
        """Raises what `Engine` and `load_settings` raise."""
        return self._engine(document.path).check(document, overlay, cancelled)

    def dependents(self, document: Document, overlay: Mapping[Path, str]) -> list[Path]:
        """Other files whose load sites may rest on this one.  Raises what `Engine` and `load_settings` raise."""
        return self._engine(document.path).dependents(document, overlay)

    def together(
        self,
        document: Document,
        reports: Sequence[SiteReport],
        overlay: Mapping[Path, str],
        cancelled: Callable[[], bool],
    ) -> tuple[Joint, ...]:
        """Fixes of several load sites as one.  Raises what `Engine` and `load_settings` raise."""
        return self._engine(document.path).together(document, reports, overlay, cancelled)

    def files_changed(self, come_or_gone: bool) -> None:
        """Files have been saved or, if they have come or gone, added or removed."""
        with self._lock:
            engines = tuple(self._engines.values())
        for engine in engines:
            engine.files_changed(come_or_gone)

    def remark(self, path: Path) -> str | None:
        """What to tell the user once of all checks in this document's workspace."""
        engine = self._engines.get(self._root_of(path))
        return engine.remark if engine is not None else None

    def _engine(self, path: Path) -> Engine:
        root = self._root_of(path)
        with self._lock:
            if self._closed:
                raise RuntimeError("the server is shutting down")
            if root not in self._engines:
                self._engines[root] = Engine(root, load_settings(root, self._editor), PATIENCE)
            return self._engines[root]
