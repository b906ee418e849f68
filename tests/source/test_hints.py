"""Hints at a call, above it and for a whole script; broken ones; the edit that writes one."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckpt_lsp.source import sites
from ckpt_lsp.source.hints import HintProblem, Hints, hints, insert_hint, problems
from ckpt_lsp.source.tree import parse, split_lines
from ckpt_lsp.types import Document, Span, TextEdit

FILE = Path("demo.py")


def spans(text: str) -> list[Span]:
    return [found.site.span for found in sites.find(parse(FILE, text))]


def all_hints(text: str) -> list[Hints]:
    """Of each load site."""
    found = spans(text)
    return [hints(text, span, [other for other in found if other != span]) for span in found]


AT_ONE_SITE = {
    "on the line": ("m.load_state_dict(sd)  # ckpt-lsp: argv --model 'my w/a.pth'\n", ("--model", "my w/a.pth"), 1),
    "directly above": ("x = 1\n# ckpt-lsp: argv -x\nm.load_state_dict(sd)\n", ("-x",), 2),
    "above among other comments": ("# ckpt-lsp: argv -x\n# why\n#\nm.load_state_dict(sd)\n", ("-x",), 1),
    "within the call": ("m.load_state_dict(\n    sd,  # ckpt-lsp: argv -x\n    strict=False)\n", ("-x",), 2),
    "after a call of several lines": ("m.load_state_dict(\n    sd\n)  # ckpt-lsp: argv -x\n", ("-x",), 3),
    "above the statement of an inner call": ("# ckpt-lsp: argv -x\nprint(\n    m.load_state_dict(sd)\n)\n", ("-x",), 1),
    "indented": ("def f(m, sd):\n    # ckpt-lsp: argv -x\n    m.load_state_dict(sd)\n", ("-x",), 2),
    "at the top": ('# ckpt-lsp: argv -x\n"""Demo."""\n\nm.load_state_dict(sd)\n', ("-x",), 1),
    "at the end": ("m.load_state_dict(sd)\n\n# ckpt-lsp: argv -x", ("-x",), 3),
    "at the margin between functions": ("m.load_state_dict(sd)\n# ckpt-lsp: argv -x\ndef f(): ...\n", ("-x",), 2),
    "without arguments": ("# ckpt-lsp: argv\nm.load_state_dict(sd)\n", (), 1),
    "no space": ("#ckpt-lsp:argv -x\nm.load_state_dict(sd)\n", ("-x",), 1),
    "with a hash among its words": ("# ckpt-lsp: argv --tag #1\nm.load_state_dict(sd)\n", ("--tag", "#1"), 1),
    "Windows ends": ("x = 1\r\n# ckpt-lsp: argv -x\r\nm.load_state_dict(sd)\r\n", ("-x",), 2),
    "ends of old Macs": ("x = 1\r# ckpt-lsp: argv -x\rm.load_state_dict(sd)\r", ("-x",), 2),
    "a form feed ends no line": ("x = '\f'\n# ckpt-lsp: argv -x\nm.load_state_dict(sd)\n", ("-x",), 2),
    "own before the script's": (
        "# ckpt-lsp: argv -far\nx = 1\nm.load_state_dict(sd)  # ckpt-lsp: argv -near\n",
        ("-near",),
        3,
    ),
    "the first of two": ("# ckpt-lsp: argv -a\n# ckpt-lsp: argv -b\nm.load_state_dict(sd)\n", ("-a",), 1),
}


@pytest.mark.parametrize(("text", "argv", "line"), AT_ONE_SITE.values(), ids=AT_ONE_SITE)
def test_a_hint_at_one_site(text: str, argv: tuple[str, ...], line: int) -> None:
    (found,) = all_hints(text)
    assert found == Hints(argv=argv, line=line)


@pytest.mark.parametrize(
    "text",
    [
        "m.load_state_dict(sd)\n",
        "s = '''\n# ckpt-lsp: argv -x\n'''\nm.load_state_dict(sd)\n",
        "s = '# ckpt-lsp: argv -x'; m.load_state_dict(sd)\n",
        "def f():\n    # ckpt-lsp: argv -x\n\n    m.load_state_dict(sd)\n",
        "def f():\n    x = 1  # ckpt-lsp: argv -x\n    m.load_state_dict(sd)\n",
        "# see ckpt-lsp: argv -x\nm.load_state_dict(sd)\n",
        "# ckpt-lsp: ignore[missing-keys]\nm.load_state_dict(sd)\n",
        "# ckpt-lsp: argv 'x\nm.load_state_dict(sd)\n",
    ],
)
def test_no_hint(text: str) -> None:
    assert all_hints(text) == [Hints()]
    assert not Hints()


def test_the_words_of_script_and_call_are_joined() -> None:
    text = """
# ckpt-lsp: cwd tools
# ckpt-lsp: argv --small

if True:
    # ckpt-lsp: checkpoint "weights/a b.pth"
    m.load_state_dict(sd)
    n.load_state_dict(sd)  # ckpt-lsp: argv --large
"""
    assert all_hints(text) == [
        Hints(argv=("--small",), checkpoint="weights/a b.pth", cwd="tools", line=6),
        Hints(argv=("--large",), cwd="tools", line=8),
    ]


def test_what_stands_at_another_call_is_not_for_this_one() -> None:
    text = "# ckpt-lsp: checkpoint a.pth\nm.load_state_dict(a)\n# ckpt-lsp: checkpoint b.pth\nn.load_state_dict(b)\n"
    assert [found.checkpoint for found in all_hints(text)] == ["a.pth", "b.pth"]


@pytest.mark.parametrize(
    ("comment", "says"),
    [
        ("argc --x", "argc is no hint; did you mean argv?"),
        ("please", "please is no hint; there are argv, checkpoint, cwd"),
        ("", "says nothing; write one of argv, checkpoint, cwd"),
        ("argv --model 'a", "no closing quotation in the arguments of argv; close it"),
        ("checkpoint my weights.pth", "checkpoint takes one path, in quotes where it has spaces"),
        ("cwd", "cwd takes one path, in quotes where it has spaces"),
    ],
)
def test_a_bad_hint_is_named(comment: str, says: str) -> None:
    text = f"import torch\n# ckpt-lsp: {comment}\nm.load_state_dict(sd)\n"
    assert problems(text, spans(text)) == (HintProblem(2, says, Span(2, 1, 2, len(f"# ckpt-lsp: {comment}") + 1)),)
    assert all_hints(text) == [Hints()]


def test_hints_without_effect_are_named() -> None:
    text = """
# ckpt-lsp: argv -a
# ckpt-lsp: argv -b
def f():
    # ckpt-lsp: argv -c
    return 1
m.load_state_dict(sd)  # ckpt-lsp: argv -d
"""
    found = problems(text, spans(text))
    assert [(problem.line, problem.text.split(";")[0]) for problem in found] == [
        (3, "argv is already given in line 2"),
        (5, "belongs to no load site"),
    ]


@pytest.mark.parametrize(
    "text",
    ["x = (\n", "x = '''\n", "  x\n y\n", "\0", "\ud800", "if x:\n", "(" * 1000, "\\", "f'{", "\x0c\ufeff", "🙂 = $?"],
)
def test_any_text_is_read(text: str) -> None:
    span = Span(2, 1, 2, 9)
    with_hint = f"# ckpt-lsp: argv -x\n{text}"
    assert hints(with_hint, span) == Hints(argv=("-x",), line=1)
    assert hints(f"{text}\n# ckpt-lsp: argv -x\n", Span(90, 1, 90, 9)).argv in (("-x",), None)
    assert insert_hint(Document(FILE, text), span, ["cwd", "x"]).text.strip() == "# ckpt-lsp: cwd x"


@given(st.text(alphabet="#'\"\\()\n\r\t \f:ifx\ud800\0", max_size=40), st.integers(1, 9))
def test_random_text_is_read(text: str, line: int) -> None:
    text = f"{text}\n# ckpt-lsp: argv -x\n{text}"
    span = Span(line, 1, line + 1, 1)
    problems(text, [span])
    assert hints(text, span).argv in (("-x",), None)


# -- writing one -----------------------------------------------------------------------------------------------


def applied(edit: TextEdit, text: str) -> str:
    lines = split_lines(text)
    assert edit.span.line == edit.span.end_line
    row = edit.span.line - 1
    lines[row] = lines[row][: edit.span.column - 1] + edit.text + lines[row][edit.span.end_column - 1 :]
    return "".join(lines)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("m.load_state_dict(sd)\n", "# ckpt-lsp: checkpoint 'w/a b.pth'\nm.load_state_dict(sd)\n"),
        ("m.load_state_dict(sd)", "# ckpt-lsp: checkpoint 'w/a b.pth'\nm.load_state_dict(sd)"),
        (
            "if x:\r\n\tm.load_state_dict(sd)\r\n",
            "if x:\r\n\t# ckpt-lsp: checkpoint 'w/a b.pth'\r\n\tm.load_state_dict(sd)\r\n",
        ),
        (
            "if x:\r\n    m.load_state_dict(sd)",
            "if x:\r\n    # ckpt-lsp: checkpoint 'w/a b.pth'\r\n    m.load_state_dict(sd)",
        ),
        (
            "if x:\n  print(\n    m.load_state_dict(sd))\n",
            "if x:\n  # ckpt-lsp: checkpoint 'w/a b.pth'\n  print(\n    m.load_state_dict(sd))\n",
        ),
        (
            "m.load_state_dict(sd)  # ckpt-lsp: checkpoint old.pth\n",
            "m.load_state_dict(sd)  # ckpt-lsp: checkpoint 'w/a b.pth'\n",
        ),
        (
            "# ckpt-lsp: argv -x\nm.load_state_dict(sd)\n",
            "# ckpt-lsp: argv -x\n# ckpt-lsp: checkpoint 'w/a b.pth'\nm.load_state_dict(sd)\n",
        ),
    ],
)
def test_a_hint_is_written(before: str, after: str) -> None:
    (span,) = spans(before)
    edit = insert_hint(Document(FILE, before), span, ["checkpoint", "w/a b.pth"])
    assert edit.path == FILE
    assert applied(edit, before) == after


@given(st.lists(st.text(), max_size=4))
def test_what_is_written_is_read_back(argv: list[str]) -> None:
    before = "def f():\n    m.load_state_dict(sd)\n"
    (span,) = spans(before)
    if any(set(word) & set("\r\n\0") for word in argv):
        with pytest.raises(ValueError, match="no comment can hold"):
            insert_hint(Document(FILE, before), span, ["argv", *argv])
        return
    after = applied(insert_hint(Document(FILE, before), span, ["argv", *argv]), before)
    assert shlex.join(argv) in after
    (found,) = all_hints(after)
    assert found.argv == tuple(argv)
