"""What the client has open and where it belongs: exact text, version, workspace root."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from lsprotocol import types as lsp
from pygls.uris import to_fs_path

from ckpt_lsp.project.files import MAX_BYTES, workspace_root
from ckpt_lsp.server.buffers import Buffer, changed_notebook, opened_notebook
from ckpt_lsp.server.positions import split_lines


class OpenDocuments:
    """The editor's buffers by URI; those that are no files (`untitled:`) are left out.

    So is the JSON text of a notebook: findings are told in terms of cells, which a text has not.
    """

    def __init__(self) -> None:
        self._buffers: dict[str, Buffer] = {}
        self._opened: dict[str, Buffer] = {}

    def __iter__(self) -> Iterator[Buffer]:
        return iter(tuple(self._buffers.values()))

    def get(self, uri: str) -> Buffer | None:
        return self._buffers.get(uri)

    def at(self, path: Path) -> Buffer | None:
        return next((buffer for buffer in self if buffer.path == path), None)

    def holding(self, uri: str) -> tuple[Buffer, int | None] | None:
        """The document of this URI; of a cell's URI, its notebook and the cell's number."""
        if uri in self._buffers:
            return self._buffers[uri], None
        cells = ((buffer, number, cell) for buffer in self for number, cell in enumerate(buffer.cells))
        return next(((buffer, number) for buffer, number, cell in cells if cell.document.uri == uri), None)

    def open(self, item: lsp.TextDocumentItem) -> Buffer | None:
        path = path_of(item.uri)
        if path is None or path.suffix == ".ipynb":
            return None
        return self._put_first(Buffer(item.uri, path, item.version, item.text))

    def open_notebook(self, params: lsp.DidOpenNotebookDocumentParams) -> Buffer | None:
        path = path_of(params.notebook_document.uri)
        return None if path is None else self._put_first(opened_notebook(params, path))

    def change(self, params: lsp.DidChangeTextDocumentParams, encoding: str) -> Buffer | None:
        before = self._buffers.get(params.text_document.uri)
        if before is None:
            return None
        return self._put(before.changed(params.content_changes, params.text_document.version, encoding))

    def change_notebook(self, params: lsp.DidChangeNotebookDocumentParams, encoding: str) -> Buffer | None:
        before = self._buffers.get(params.notebook_document.uri)
        return None if before is None else self._put(changed_notebook(before, params, encoding))

    def close(self, uri: str) -> Buffer | None:
        self._opened.pop(uri, None)
        return self._buffers.pop(uri, None)

    def overlay(self, without: Buffer) -> Mapping[Path, str]:
        """The texts that count instead of the files on disk, for a check of the document `without`."""
        return {buffer.path: buffer.text for buffer in self if buffer.path != without.path}

    def overlay_as_opened(self, without: Buffer) -> Mapping[Path, str]:
        """The same before anything was edited."""
        opened = tuple(self._opened.values())
        return {buffer.path: buffer.text for buffer in opened if buffer.path != without.path}

    def as_opened(self, buffer: Buffer) -> Buffer:
        return self._opened.get(buffer.uri, buffer)

    def uri(self, path: Path, cell: int | None = None) -> str:
        """How the client spells this file or cell, if it has it open, else the usual spelling."""
        buffer = self._document(path, cell)
        return buffer.uri if buffer else path.as_uri()

    def version(self, path: Path, cell: int | None = None) -> int | None:
        """None where it is not open."""
        buffer = self._document(path, cell)
        return buffer.version if buffer else None

    def lines(self, path: Path, cell: int | None = None) -> list[str]:
        """The lines as the user sees them now; none where the file cannot be read."""
        buffer = self._document(path, cell)
        if buffer:
            return buffer.lines
        try:
            if not path.is_file() or path.stat().st_size > MAX_BYTES:
                return [""]
            return split_lines(path.read_bytes().decode("utf-8", "replace"))
        except OSError:
            return [""]

    def _document(self, path: Path, cell: int | None) -> Buffer | None:
        buffer = self.at(path)
        if buffer is None or cell is None:
            return buffer
        return buffer.cells[cell].document if cell < len(buffer.cells) else None

    def _put_first(self, buffer: Buffer) -> Buffer:
        self._opened[buffer.uri] = buffer
        return self._put(buffer)

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
