"""Columns of code points and of code units, and edits by the latter: against the codecs themselves."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given
from lsprotocol import types as lsp

from ckpt_lsp.server.positions import code_points, position, split_lines

from .editor import UTF8, UTF16, UTF32

CODEC = {UTF8: ("utf-8", 1), UTF16: ("utf-16-le", 2), UTF32: ("utf-32-le", 4)}

texts = st.text(st.sampled_from("a\té漢𝄞\x0c\u2028\x85\r\n") | st.characters(exclude_categories=["Cs"]))
encodings = st.sampled_from([UTF8, UTF16, UTF32])


@given(texts)
def test_lines_are_the_text(text: str) -> None:
    lines = split_lines(text)
    assert "".join(lines) == text
    assert len(lines) == 1 + text.replace("\r\n", "\n").replace("\r", "\n").count("\n")
    assert all(line.rstrip("\r\n") != line for line in lines[:-1])


@given(st.data(), texts, encodings)
def test_there_and_back(data: st.DataObject, text: str, encoding: str) -> None:
    lines = split_lines(text)
    line = data.draw(st.integers(0, len(lines) - 1))
    content = lines[line].rstrip("\r\n")
    column = data.draw(st.integers(0, len(content)))
    place = position(lines, line + 1, column + 1, encoding)
    codec, width = CODEC[encoding]
    assert place == lsp.Position(line, len(content[:column].encode(codec)) // width)
    assert code_points(lines, place, encoding) == (line, column)


@pytest.mark.parametrize(
    ("place", "encoding", "expected"),
    [
        (lsp.Position(0, 99), UTF16, (0, 3)),
        (lsp.Position(1, 99), UTF16, (1, 1)),
        (lsp.Position(9, 0), UTF16, (1, 1)),
        (lsp.Position(0, 2), UTF16, (0, 1)),
        (lsp.Position(0, 3), UTF8, (0, 1)),
    ],
    ids=["beyond the line", "beyond the last line", "beyond the text", "half a pair", "within UTF-8"],
)
def test_positions_that_are_none(place: lsp.Position, encoding: str, expected: tuple[int, int]) -> None:
    assert code_points(split_lines("a𝄞b\r\nc"), place, encoding) == expected
