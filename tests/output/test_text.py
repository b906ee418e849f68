"""What a person reads: as a whole where the layout matters, and with care for the terminal."""

from __future__ import annotations

import io
import re
from contextlib import redirect_stdout
from dataclasses import replace

import pytest
from rich.console import Console

from ckpt_lsp.output import text as text_format
from ckpt_lsp.output.excerpt import excerpt, printable
from ckpt_lsp.output.patch import changed_lines, edited
from ckpt_lsp.types import Comparison, FileProblem, Fix, Leftover, Raised, Raises, Severity, Span, TextEdit

from .reports import LOADS, PATH, RAISES, SKIPPED, TEXT, UNRESOLVED, finding, report, run

EVERYTHING = run(
    report(RAISES, finding()),
    report(LOADS),
    report(SKIPPED),
    report(UNRESOLVED, span=Span(9, 1, 9, 20)),
    report(
        UNRESOLVED,
        finding(rule="checkpoint-not-found", severity=Severity.INFORMATION, message="not found: a.pth", fixes=()),
    ),
    problems=(FileProblem(PATH.with_name("bad.py"), "line 3 is not utf-8"),),
)

AS_PIPED = """\
predict.py:4:1: error[missing-keys]: missing keys in größe.pth:
4 | model.load_state_dict(torch.load("größe.pth"))
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = missing fc.{weight, bias}
  = unexpected module.fc.{weight, bias}
  = note: net.py:3:5: the model is built here
  = fix: Strip "module." from the keys
  |   - model.load_state_dict(torch.load("größe.pth"))
  |   + model.load_state_dict(stripped(größe))
  = fix: Pass strict=False, which leaves 3 keys

predict.py:9:1: unresolved: torchvision is not installed
predict.py:4:1: information[checkpoint-not-found]: not found: a.pth
bad.py: line 3 is not utf-8

5 load sites: 1 loads, 1 raises, 2 unresolved, 1 skipped
"""


def test_piped_text_is_plain_and_whole(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    text_format.write(EVERYTHING)
    assert capsys.readouterr().out == AS_PIPED


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Standard output that says it is a terminal of 50 columns."""
    screen = io.StringIO()
    monkeypatch.setattr(screen, "isatty", lambda: True)
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "50")
    monkeypatch.setenv("TERM", "xterm-256color")
    return screen


def test_a_narrow_terminal_gets_wrapped_lines(terminal: io.StringIO) -> None:
    with redirect_stdout(terminal):
        text_format.write(EVERYTHING)
    shown = re.sub(r"\x1b\[[\d;]*m", "", terminal.getvalue())
    assert max(map(len, shown.splitlines())) <= 50
    assert "  = unexpected module.fc.{weight, bias}\n" in shown
    assert "\x1b[" in terminal.getvalue()


def test_no_color(terminal: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    with redirect_stdout(terminal):
        text_format.write(EVERYTHING)
    assert terminal.getvalue()
    assert not re.search(r"\x1b\[[\d;]*3\dm", terminal.getvalue())


def test_nothing_to_say(capsys: pytest.CaptureFixture[str]) -> None:
    text_format.write(run())
    assert capsys.readouterr().out == "No load sites found.\n"


def test_a_finding_that_two_scenarios_share_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    text_format.write(run(report(RAISES, finding()), report(RAISES, finding(), source="README.md:3")))
    assert capsys.readouterr().out.count("error[missing-keys]") == 1


def test_two_findings_of_one_call_share_what_they_have_in_common(capsys: pytest.CaptureFixture[str]) -> None:
    cause = "every key starts with module."
    missing = finding(message=f"1 key is missing:\nfc.weight\n{cause}", related=())
    unexpected = finding(rule="unexpected-keys", message=f"1 key is new:\nmodule.fc.weight\n{cause}", related=())
    text_format.write(run(report(RAISES, missing, unexpected)))
    assert (
        capsys.readouterr().out
        == """\
predict.py:4:1: error[missing-keys]: 1 key is missing:
4 | model.load_state_dict(torch.load("größe.pth"))
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = fc.weight
  = error[unexpected-keys]: 1 key is new:
  = module.fc.weight
  = every key starts with module.
  = fix: Strip "module." from the keys
  |   - model.load_state_dict(torch.load("größe.pth"))
  |   + model.load_state_dict(stripped(größe))
  = fix: Pass strict=False, which leaves 3 keys

1 load site: 1 raises
"""
    )


def test_a_hostile_key_cannot_reach_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    hostile = finding(message="unexpected \x1b[2J\x1b]0;pwned\x07 and \u202egnp.exe")
    text_format.write(run(report(RAISES, hostile)))
    assert "unexpected \\x1b[2J\\x1b]0;pwned\\x07 and \\u202egnp.exe" in capsys.readouterr().out


def test_markup_and_emoji_names_are_text(capsys: pytest.CaptureFixture[str]) -> None:
    text_format.write(run(report(RAISES, finding(message="[bold]layers[0]:smile:"))))
    assert "[bold]layers[0]:smile:" in capsys.readouterr().out


def test_the_underline_stands_below_wide_text_and_tabs() -> None:
    line = "\tx = '模型'; m.load_state_dict(sd)"
    start = line.index("m.load") + 1
    code, mark = excerpt(line, Span(1, start, 1, len(line) + 1), None)
    assert code.code == "    x = '模型'; m.load_state_dict(sd)"
    assert mark.code == " " * (start + 3 + 2 - 1) + "^" * len("m.load_state_dict(sd)")


def test_a_call_over_several_lines_is_shown_as_it_stands() -> None:
    text = "m.load_state_dict(\n    torch.load(\n        'a'\n    )\n)\n"
    rows = excerpt(text, Span(1, 1, 5, 2), None)
    assert [row.gutter for row in rows] == ["1", "2", "3", "4", "5"]
    assert not any(row.mark for row in rows)
    longer = excerpt("f(\n" + "1,\n" * 20 + ")", Span(1, 1, 22, 2), None)
    assert (len(longer), longer[-1].code) == (7, "…")


@pytest.mark.parametrize("before", [0, 10, 200])
@pytest.mark.parametrize("after", [0, 300])
def test_a_long_line_is_cut_round_the_call(before: int, after: int) -> None:
    call = "m.load_state_dict(sd)"
    line = "x" * before + call + "y" * after
    code, mark = excerpt(line, Span(1, before + 1, 1, before + len(call) + 1), 60)
    assert len(code.code) <= 60
    start = mark.code.index("^")
    assert code.code[start : start + mark.code.count("^")] == call


def test_a_span_beyond_the_text_shows_nothing() -> None:
    assert excerpt(TEXT, Span(99, 1, 99, 5), None) == ()


def test_printable_keeps_letters() -> None:
    assert printable("größe 模型\tx") == "größe 模型    x"
    assert Console(file=io.StringIO()).render_str(printable("\ud800")).plain == "\\ud800"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_edits_are_applied_from_the_end(end: str) -> None:
    text = f"import a{end}größe = f(x){end}g(größe){end}"
    edits = [
        TextEdit(PATH, Span(2, 1, 2, 6), "y"),
        TextEdit(PATH, Span(1, 1, 1, 1), "import b\n"),
        TextEdit(PATH, Span(3, 3, 3, 8), "y"),
    ]
    assert edited(text, edits) == "import b\nimport a\ny = f(x)\ng(y)\n"
    assert list(changed_lines(text, edits)) == [
        ("+", "import b"),
        ("-", "größe = f(x)"),
        ("-", "g(größe)"),
        ("+", "y = f(x)"),
        ("+", "g(y)"),
    ]


def with_lists(missing: tuple[str, ...], unexpected: tuple[str, ...]) -> str:
    """What is said beyond the header of two lists."""
    verdict = Raises(Raised("RuntimeError", "…"), Comparison(missing, unexpected))
    found = (
        finding(rule="missing-keys", message="keys are missing: `…`", fixes=()),
        finding(rule="unexpected-keys", message="keys of x.pth have no place:\n`…`\nwhy", fixes=()),
    )
    shown = [line.prefix.plain + line.body.plain for line in text_format.lines(run(report(verdict, *found)))]
    return "\n".join(line[4:] for line in shown if line.startswith("  = ") and not line.startswith("  = note"))


@pytest.mark.parametrize(
    ("missing", "unexpected", "told"),
    [
        (("a", "b", "c"), ("m.a", "m.b", "m.c"), "these with `m.` in front"),
        (("a", "b", "c"), ("m.a", "m.b", "m.c", "m.d"), "these with `m.` in front, and `m.d`"),
        (("m.a", "m.b", "m.c"), ("a", "b"), "some of these without `m.`"),
    ],
)
def test_a_prefix_stands_for_the_second_list(missing: tuple[str, ...], unexpected: tuple[str, ...], told: str) -> None:
    said = f"error[unexpected-keys]: keys of x.pth have no place: {told}"
    assert with_lists(missing, unexpected) == f"{said}\nwhy"


@pytest.mark.parametrize("unexpected", [("m.a", "m.b", "n.c"), ("am.a", "mb", "c.c"), ()])
def test_other_lists_are_spelled_out(unexpected: tuple[str, ...]) -> None:
    assert "\n`…`" in with_lists(("a", "b", "c"), unexpected)


def test_a_change_of_another_file_stands_under_its_name() -> None:
    path = PATH.with_name("net.py")
    edit = TextEdit(path, Span(1, 5, 1, 6), "7")
    found = finding(fixes=(Fix("Build with 7", (edit,), Leftover()),))
    shown = [
        line.prefix.plain for line in text_format.lines(replace(run(report(RAISES, found)), texts={path: "n = 3\n"}))
    ]
    assert [line.strip() for line in shown if "|   " in line] == ["|   net.py", "|   - n = 3", "|   + n = 7"]
