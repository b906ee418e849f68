"""Grouped keys, written out, are exactly the keys that went in."""

from __future__ import annotations

import ast
import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckpt_lsp.diagnosis.keys import group


@pytest.mark.parametrize(
    ("keys", "terms"),
    [
        ([], []),
        (["fc.weight", "fc.bias"], ["fc.{weight, bias}"]),
        ([f"layers.{i}.attn.qkv.weight" for i in range(12)], ["layers.{0–11}.attn.qkv.weight"]),
        ([f"b.{i}.{n}" for i in (0, 1, 2, 7, 9, 10) for n in ("w", "b")], ["b.{0–2, 7, 9, 10}.{w, b}"]),
        (["a.weight", "b.weight", "b.bias"], ["a.weight", "b.{weight, bias}"]),
        (["01.w", "1.w", "x.w"], ["{1, 01, x}.w"]),
        (["", ".", "a..b"], ["''", ".", "a..b"]),
        (["a.", "a.b"], ["a.{'', b}"]),
        (["{x, y}.w"], ["\\x7bx\\x2c\\x20y\\x7d.w"]),
        (["a\nb", "\x1b[31m", "\u202e", "слой"], ["{a\\x0ab, \\x1b[31m, \\u202e, \\u0441\\u043b\\u043e\\u0439}"]),
    ],
)
def test_groups(keys: list[str], terms: list[str]) -> None:
    assert group(keys) == terms


def written_out(term: str) -> list[str]:
    """The notation read back, independently of how it is written."""
    parts = [p for p in re.split(r"(\{[^}]*\})", term) if p]
    choices = [_choice(part[1:-1]) if part[0] == "{" else [_plain(part)] for part in parts]
    return ["".join(chosen) for chosen in product(*choices)]


def _choice(inside: str) -> list[str]:
    names: list[str] = []
    for name in inside.split(", "):
        first, dash, last = name.partition("–")
        names += [str(n) for n in range(int(first), int(last) + 1)] if dash else [_plain(name)]
    return names


def _plain(text: str) -> str:
    return "" if text == "''" else str(ast.literal_eval(f'"{text}"'))


ODD = st.text(st.sampled_from("ab01.{},–-\\'\"` \n\x1b\u202eж\ud800"), max_size=8)
TREE = st.builds(
    ".".join, st.lists(st.sampled_from(["layers", "0", "1", "2", "3", "10", "weight", "bias", "a,b"]), max_size=4)
)


@given(st.lists(st.one_of(ODD, TREE), unique=True, max_size=60))
def test_inverts_exactly(keys: list[str]) -> None:
    back = [key for term in group(keys) for key in written_out(term)]
    assert sorted(back) == sorted(keys)


@given(st.lists(st.text(max_size=20), max_size=20))
def test_shows_nothing_that_moves_a_cursor(keys: list[str]) -> None:
    assert re.fullmatch(r"[ -~–]*", "".join(group(keys)))
