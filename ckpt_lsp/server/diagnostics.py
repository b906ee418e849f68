"""Findings as the client's diagnostics, and which of them the client has been told of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lsprotocol import types as lsp

from ckpt_lsp.server.positions import range_of
from ckpt_lsp.server.workspace import Buffer, OpenDocuments
from ckpt_lsp.types import Finding, Related, Severity, SiteReport

SOURCE = "ckpt-lsp"

_SEVERITY = {
    Severity.ERROR: lsp.DiagnosticSeverity.Error,
    Severity.WARNING: lsp.DiagnosticSeverity.Warning,
    Severity.INFORMATION: lsp.DiagnosticSeverity.Information,
    Severity.HINT: lsp.DiagnosticSeverity.Hint,
}


def diagnostic(finding: Finding, documents: OpenDocuments, encoding: str) -> lsp.Diagnostic:
    return lsp.Diagnostic(
        range=range_of(documents.lines(finding.path), finding.span, encoding),
        severity=_SEVERITY[finding.severity],
        code=finding.rule,
        source=SOURCE,
        message=finding.message,
        related_information=[_related(place, documents, encoding) for place in finding.related] or None,
    )


def _related(place: Related, documents: OpenDocuments, encoding: str) -> lsp.DiagnosticRelatedInformation:
    return lsp.DiagnosticRelatedInformation(
        location=lsp.Location(
            uri=documents.uri(place.path),
            range=range_of(documents.lines(place.path), place.span, encoding),
        ),
        message=place.message,
    )


@dataclass(frozen=True)
class Checked:
    """What a check of one version of one document found."""

    buffer: Buffer
    reports: tuple[SiteReport, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(finding for report in self.reports for finding in report.findings)


class Findings:
    """The last findings of each open document.

    A finding may point into another file than the one that holds its load site, so what is published for
    a file is gathered from the checks of all documents.
    """

    def __init__(self) -> None:
        self._checked: dict[str, Checked] = {}

    def put(self, checked: Checked) -> set[Path]:
        """Takes the place of what the document had; returns the files whose diagnostics change."""
        before = self._checked.get(checked.buffer.uri)
        self._checked[checked.buffer.uri] = checked
        return {checked.buffer.path} | _paths(before) | _paths(checked)

    def drop(self, buffer: Buffer) -> set[Path]:
        """Forgets a closed document; returns the files whose diagnostics change."""
        return {buffer.path} | _paths(self._checked.pop(buffer.uri, None))

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


def _paths(checked: Checked | None) -> set[Path]:
    return {finding.path for finding in checked.findings} if checked else set()


def publication(
    path: Path, findings: Findings, documents: OpenDocuments, encoding: str
) -> lsp.PublishDiagnosticsParams:
    """All that is known of one file, with the version of its buffer."""
    buffer = documents.at(path)
    return lsp.PublishDiagnosticsParams(
        uri=documents.uri(path),
        version=buffer.version if buffer else None,
        diagnostics=[diagnostic(finding, documents, encoding) for finding in findings.at(path)],
    )
