"""Texts as the editor has them: documents, and notebooks whose cells are documents of their own."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from lsprotocol import types as lsp

from ckpt_lsp.server.positions import code_points, split_lines
from ckpt_lsp.types import Document


@dataclass(frozen=True)
class Buffer:
    """One open document in one version: a file, a cell of a notebook, or a notebook."""

    uri: str
    """As the client spells it; another spelling of the same file is another document to it."""
    path: Path
    """Of a cell, that of its notebook."""
    version: int
    text: str
    """Of a notebook, what its file would hold if it were saved now."""
    cells: tuple[Cell, ...] = ()

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


@dataclass(frozen=True)
class Cell:
    """Code or prose."""

    kind: lsp.NotebookCellKind
    document: Buffer


_TYPES = {lsp.NotebookCellKind.Code: "code", lsp.NotebookCellKind.Markup: "markdown"}


def notebook(uri: str, path: Path, version: int, cells: Sequence[Cell]) -> Buffer:
    listed = [{"cell_type": _TYPES[cell.kind], "source": cell.document.text} for cell in cells]
    text = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": listed})
    return Buffer(uri, path, version, text, tuple(cells))


def opened_notebook(params: lsp.DidOpenNotebookDocumentParams, path: Path) -> Buffer:
    told = params.notebook_document
    texts = _texts(params.cell_text_documents, path)
    return notebook(told.uri, path, told.version, _cells(told.cells, texts))


def changed_notebook(before: Buffer, params: lsp.DidChangeNotebookDocumentParams, encoding: str) -> Buffer:
    """The next version: cells put in, taken out or moved, then texts edited."""
    cells, change = list(before.cells), params.change.cells
    if change and change.structure:
        array = change.structure.array
        texts = {cell.document.uri: cell.document for cell in cells}
        texts.update(_texts(change.structure.did_open or (), before.path))
        cells[array.start : array.start + array.delete_count] = _cells(array.cells or (), texts)
    kinds = {cell.document: cell.kind for cell in (change.data if change else None) or ()}
    cells = [replace(cell, kind=kinds.get(cell.document.uri, cell.kind)) for cell in cells]
    for edited in (change.text_content if change else None) or ():
        cells = [_edited(cell, edited, encoding) for cell in cells]
    return notebook(before.uri, before.path, params.notebook_document.version, cells)


def _edited(cell: Cell, edited: lsp.NotebookDocumentCellContentChanges, encoding: str) -> Cell:
    if cell.document.uri != edited.document.uri:
        return cell
    return replace(cell, document=cell.document.changed(edited.changes, edited.document.version, encoding))


def _texts(items: Iterable[lsp.TextDocumentItem], path: Path) -> Mapping[str, Buffer]:
    return {item.uri: Buffer(item.uri, path, item.version, item.text) for item in items}


def _cells(told: Iterable[lsp.NotebookCell], texts: Mapping[str, Buffer]) -> list[Cell]:
    """The protocol has the client tell every text, so one that is not known is an error of the client."""
    return [Cell(cell.kind, texts[cell.document]) for cell in told]


def parses(text: str) -> bool:
    """Whether a Python file may be imported as it stands; while somebody types in it, it often may not."""
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return False
    return True
