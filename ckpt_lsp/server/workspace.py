"""What the client has open and where it belongs: exact text, version, workspace root."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from lsprotocol import types as lsp
from pygls.uris import to_fs_path

from ckpt_lsp.project.files import workspace_root
from ckpt_lsp.server.positions import code_points, split_lines
from ckpt_lsp.types import Document


@dataclass(frozen=True)
class Buffer:
    """One open text document in one version."""

    uri: str
    """As the client spells it; another spelling of the same file is another document to it."""
    path: Path
    version: int
    text: str

    @cached_property
    def lines(self) -> list[str]:
        return split_lines(self.text)

    @property
    def document(self) -> Document:
        return Document(self.path, self.text)

    def changed(self, changes: Iterable[lsp.TextDocumentContentChangeEvent], version: int, encoding: str) -> Buffer:
        """The next version, by the client's edits in their order."""
        after = self
        for change in changes:
            after = replace(after, text=after._edited(change, encoding))
        return replace(after, version=version)

    def _edited(self, change: lsp.TextDocumentContentChangeEvent, encoding: str) -> str:
        if isinstance(change, lsp.TextDocumentContentChangeWholeDocument):
            return change.text
        start = self._offset(change.range.start, encoding)
        end = self._offset(change.range.end, encoding)
        return self.text[:start] + change.text + self.text[end:]

    def _offset(self, place: lsp.Position, encoding: str) -> int:
        line, column = code_points(self.lines, place, encoding)
        return sum(map(len, self.lines[:line])) + column


class OpenDocuments:
    """The editor's buffers by URI; those that are no files (`untitled:`) are left out."""

    def __init__(self) -> None:
        self._buffers: dict[str, Buffer] = {}

    def __iter__(self) -> Iterator[Buffer]:
        return iter(tuple(self._buffers.values()))

    def get(self, uri: str) -> Buffer | None:
        return self._buffers.get(uri)

    def at(self, path: Path) -> Buffer | None:
        return next((buffer for buffer in self if buffer.path == path), None)

    def open(self, item: lsp.TextDocumentItem) -> Buffer | None:
        path = path_of(item.uri)
        if path is None:
            return None
        return self._put(Buffer(item.uri, path, item.version, item.text))

    def change(self, params: lsp.DidChangeTextDocumentParams, encoding: str) -> Buffer | None:
        before = self._buffers.get(params.text_document.uri)
        if before is None:
            return None
        return self._put(before.changed(params.content_changes, params.text_document.version, encoding))

    def close(self, uri: str) -> Buffer | None:
        return self._buffers.pop(uri, None)

    def overlay(self, without: Buffer) -> Mapping[Path, str]:
        """The texts that count instead of the files on disk, for a check of the document `without`."""
        return {buffer.path: buffer.text for buffer in self if buffer.path != without.path}

    def uri(self, path: Path) -> str:
        """How the client spells this file, if it has it open, else the usual spelling."""
        buffer = self.at(path)
        return buffer.uri if buffer else path.as_uri()

    def lines(self, path: Path) -> list[str]:
        """The lines as the user sees them now; none where the file cannot be read."""
        buffer = self.at(path)
        if buffer:
            return buffer.lines
        try:
            return split_lines(path.read_bytes().decode("utf-8", "replace"))
        except OSError:
            return [""]

    def _put(self, buffer: Buffer) -> Buffer:
        self._buffers[buffer.uri] = buffer
        return buffer


def path_of(uri: str) -> Path | None:
    """The file that a URI names, or None where it names something else."""
    path = to_fs_path(uri)
    return Path(path) if path else None


def folders_of(params: lsp.InitializeParams) -> tuple[Path, ...]:
    """The workspace folders of an `initialize`, in whichever of its three forms the client uses."""
    if params.workspace_folders:
        uris = [folder.uri for folder in params.workspace_folders]
    elif params.root_uri:
        uris = [params.root_uri]
    elif params.root_path:
        uris = [Path(params.root_path).as_uri()]
    else:
        uris = []
    return tuple(path for path in map(path_of, uris) if path is not None)


def root_of(path: Path, folders: Iterable[Path]) -> Path:
    """The innermost workspace folder that holds `path`, else the project that the command line would take."""
    holding = [folder for folder in folders if path.is_relative_to(folder)]
    return max(holding, key=lambda folder: len(folder.parts)) if holding else workspace_root(path)
