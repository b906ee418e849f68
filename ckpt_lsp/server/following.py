"""Files that are not open, but whose load sites rest on one that is being edited: what the edit breaks in them.

Only what is new is told: what was wrong with such a file before the first edit is not the editing's doing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from ckpt_lsp.project.files import read
from ckpt_lsp.server.buffers import Buffer
from ckpt_lsp.server.checks import Checks
from ckpt_lsp.server.diagnostics import Checked
from ckpt_lsp.server.workspace import OpenDocuments
from ckpt_lsp.types import Document, Finding, Severity, SiteReport

PAUSE = 0.4
"""Seconds of quiet after a change; a little more than for what the user looks at."""

MOST_FILES = 20
"""That are checked for one edited file, the nearest to it first."""

_TOLD = (Severity.ERROR, Severity.WARNING)


class Checker(Protocol):
    """What is needed of the engines; everything may block."""

    def check(
        self, document: Document, overlay: Mapping[Path, str], cancelled: Callable[[], bool]
    ) -> tuple[SiteReport, ...]: ...

    def dependents(self, document: Document, overlay: Mapping[Path, str]) -> list[Path]: ...


@dataclass(frozen=True)
class Listeners:
    """Whom to tell, on the event loop."""

    found: Callable[[Buffer, Checked], None]
    left: Callable[[Buffer], None]
    """The file is followed no longer, and what was said of it is to be taken back."""
    failed: Callable[[Buffer, Exception], None]
    busy: Callable[[Buffer], AbstractAsyncContextManager[None]]


class Following:
    """One file at a time is checked, so that the document before the user comes first."""

    def __init__(self, checker: Checker, documents: OpenDocuments, tell: Listeners) -> None:
        self._checker = checker
        self._documents = documents
        self._tell = tell
        self._followed: dict[str, dict[Path, Buffer]] = {}
        """By the URI of each document that has been edited since it was opened."""
        self._seeking = Checks(self._seek, self._sought, tell.failed, tell.busy, threads=1)
        self._checks = Checks(self._check, self._checked, tell.failed, tell.busy, threads=1)

    def edited(self, buffer: Buffer) -> None:
        self._followed.setdefault(buffer.uri, {})
        self._seeking.schedule(buffer, PAUSE)

    def opened(self, buffer: Buffer) -> None:
        """What is open is checked for itself."""
        for followed in self._followed.values():
            self._leave([followed.pop(buffer.path)] if buffer.path in followed else [])

    def closed(self, buffer: Buffer) -> None:
        self._seeking.cancel(buffer.uri)
        self._leave(self._followed.pop(buffer.uri, {}).values())
        self.recheck()

    def recheck(self) -> None:
        """Settings or files have changed."""
        for uri in self._followed:
            buffer = self._documents.get(uri)
            if buffer:
                self._seeking.schedule(buffer, PAUSE)

    def cancel_all(self) -> None:
        self._seeking.cancel_all()
        self._checks.cancel_all()

    def close(self) -> None:
        self._seeking.close()
        self._checks.close()

    # Which files

    def _seek(self, buffer: Buffer, cancelled: Callable[[], bool]) -> dict[Path, Buffer]:
        found: dict[Path, Buffer] = {}
        for path in self._checker.dependents(buffer.document, self._documents.overlay(buffer)):
            if cancelled() or len(found) == MOST_FILES:
                break
            document = read(path) if path.suffix == ".py" and not self._documents.at(path) else None
            if isinstance(document, Document):
                found[path] = Buffer(path.as_uri(), path, 0, document.text)
        return found

    def _sought(self, buffer: Buffer, found: dict[Path, Buffer]) -> None:
        before = self._followed.get(buffer.uri)
        if before is None:
            return
        found = {path: file for path, file in found.items() if not self._documents.at(path)}
        self._followed[buffer.uri] = found
        self._leave(file for path, file in before.items() if path not in found)
        for file in found.values():
            self._checks.schedule(file)

    def _leave(self, files: Iterable[Buffer]) -> None:
        for file in files:
            if not any(file.path in followed for followed in self._followed.values()):
                self._checks.cancel(file.uri)
                self._tell.left(file)

    # What is in them

    def _check(self, file: Buffer, cancelled: Callable[[], bool]) -> Checked:
        seen = self._documents.overlay(file)
        now = self._checker.check(file.document, seen, cancelled)
        before = self._documents.overlay_as_opened(file)
        told = {_said(f) for report in self._checker.check(file.document, before, cancelled) for f in report.findings}
        return Checked(file, tuple(_only_new(report, told) for report in now), seen)

    def _checked(self, file: Buffer, checked: Checked) -> None:
        followed = any(file.path in files for files in self._followed.values())
        if followed and not self._documents.at(file.path):
            self._tell.found(file, checked)


def _said(finding: Finding) -> tuple[str, object, str]:
    return finding.rule, finding.span, finding.message


def _only_new(report: SiteReport, told: set[tuple[str, object, str]]) -> SiteReport:
    return replace(report, findings=tuple(f for f in report.findings if f.severity in _TOLD and _said(f) not in told))
