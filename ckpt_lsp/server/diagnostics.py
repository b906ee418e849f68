"""Findings as the client's diagnostics, and which of them the client has been told of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lsprotocol import types as lsp

from ckpt_lsp.server.buffers import Buffer
from ckpt_lsp.server.positions import range_of
from ckpt_lsp.server.workspace import OpenDocuments
from ckpt_lsp.types import Finding, Related, Severity, SiteReport, Span

SOURCE = "ckpt-lsp"

SEVERITIES = {
    Severity.ERROR: lsp.DiagnosticSeverity.Error,
    Severity.WARNING: lsp.DiagnosticSeverity.Warning,
    Severity.INFORMATION: lsp.DiagnosticSeverity.Information,
    Severity.HINT: lsp.DiagnosticSeverity.Hint,
}


def diagnostic(finding: Finding, documents: OpenDocuments, encoding: str) -> lsp.Diagnostic:
    return lsp.Diagnostic(
        range=range_of(documents.lines(finding.path, finding.span.cell), finding.span, encoding),
        severity=SEVERITIES[finding.severity],
        code=finding.rule,
        source=SOURCE,
        message=finding.message,
        related_information=[_related(place, documents, encoding) for place in finding.related] or None,
    )


def _related(place: Related, documents: OpenDocuments, encoding: str) -> lsp.DiagnosticRelatedInformation:
    return lsp.DiagnosticRelatedInformation(location(place.path, place.span, documents, encoding), place.message)


def location(path: Path, span: Span, documents: OpenDocuments, encoding: str) -> lsp.Location:
    return lsp.Location(
        uri=documents.uri(path, span.cell),
        range=range_of(documents.lines(path, span.cell), span, encoding),
    )


@dataclass(frozen=True)
class Checked:
    """What a check of one version of one document found."""

    buffer: Buffer
    reports: tuple[SiteReport, ...]
    seen: Mapping[Path, str] = field(default_factory=dict, compare=False)
    """The texts of other documents that it took into account."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(finding for report in self.reports for finding in report.findings)

    @property
    def paths(self) -> set[Path]:
        """The files that its findings point into."""
        related = {place.path for finding in self.findings for place in finding.related}
        return {finding.path for finding in self.findings} | related


class Findings:
    """The last findings of each document that was checked.

    A finding may point into another file than the one that holds its load site, so what is published for
    a file is gathered from the checks of all documents.
    """

    def __init__(self) -> None:
        self._checked: dict[str, Checked] = {}

    def __iter__(self) -> Iterator[Checked]:
        return iter(tuple(self._checked.values()))

    def put(self, checked: Checked) -> set[Path]:
        """Takes the place of what the document had; returns the files whose diagnostics change."""
        before = self._checked.get(checked.buffer.uri)
        self._checked[checked.buffer.uri] = checked
        return {checked.buffer.path} | (before.paths if before else set()) | checked.paths

    def drop(self, buffer: Buffer) -> set[Path]:
        """Forgets a document; returns the files whose diagnostics change."""
        before = self._checked.pop(buffer.uri, None)
        return {buffer.path} | (before.paths if before else set())

    def of(self, buffer: Buffer) -> Checked | None:
        """The findings of exactly this version; of an older one none, since its ranges are off."""
        checked = self._checked.get(buffer.uri)
        return checked if checked and checked.buffer == buffer else None

    def at(self, path: Path) -> tuple[Finding, ...]:
        """All findings that point into `path`, each once."""
        found = (finding for checked in self._checked.values() for finding in checked.findings)
        return tuple(dict.fromkeys(finding for finding in found if finding.path == path))

    def with_sites(self) -> Iterable[str]:
        """The documents that are known to hold a load site."""
        return [uri for uri, checked in self._checked.items() if checked.reports]
