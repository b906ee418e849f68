"""For people: the call, what torch would say of it, why, and what to type instead.

Laid out like a compiler's errors.  Colour and wrapping belong to a terminal; piped, the text is plain and
depends on nothing but the run.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text
from rich.theme import Theme

from ckpt_lsp.output.excerpt import cut, excerpt, printable
from ckpt_lsp.output.interface import Run
from ckpt_lsp.output.patch import changed_lines
from ckpt_lsp.types import FileProblem, Finding, Fix, Severity, SiteReport, Span, Unresolved

_THEME = Theme(
    {
        "error": "bold red",
        "warning": "bold yellow",
        "information": "bold blue",
        "hint": "bold cyan",
        "place": "bold",
        "gutter": "blue",
        "label": "bold blue",
        "fix": "bold green",
        "quiet": "dim",
        "loads": "green",
        "raises": "bold red",
    }
)

_LONGEST_PATCH = 12
"""Lines; a longer one is for the editor to show."""

_NARROWEST = 40
"""Columns; below that, wrapping harms more than it helps."""


@dataclass(frozen=True)
class Line:
    """A line of output.  On a terminal, what follows the prefix is wrapped beside it."""

    prefix: Text
    body: Text


def write(run: Run) -> None:
    console = Console(theme=_THEME, highlight=False, file=sys.stdout)
    width = max(console.width, _NARROWEST) if console.is_terminal else None
    for line in lines(run, width):
        for row in _rows(line, console, width):
            console.print(row, soft_wrap=True)


def lines(run: Run, width: int | None = None) -> Iterator[Line]:
    """Findings that need the reader, each followed by an empty line, and then a line for each of the rest.

    `width` is what source lines are cut to; None cuts nothing.
    """
    for findings in _by_place(finding for finding in run.findings if not _is_quiet(finding)):
        yield from _block(findings, run, width)
        yield _plain()
    quiet = [*dict.fromkeys(text for report in run.reports for text in _quiet(report, run))]
    yield from (_plain(text, "quiet") for text in quiet)
    yield from (_problem(problem, run) for problem in run.problems)
    if quiet or run.problems:
        yield _plain()
    yield Line(Text(), _summary(run))


def _rows(line: Line, console: Console, width: int | None) -> Iterator[Text]:
    if width is None or line.prefix.cell_len + line.body.cell_len <= width:
        yield Text.assemble(line.prefix, line.body)
        return
    beside = line.prefix
    for part in line.body.wrap(console, max(width - beside.cell_len, _NARROWEST // 2)):
        part.rstrip()
        yield Text.assemble(beside, part)
        beside = Text(" " * line.prefix.cell_len)


# One finding


def _is_quiet(finding: Finding) -> bool:
    """Nothing that the reader has to act upon: one line will do."""
    grave = finding.severity in (Severity.ERROR, Severity.WARNING)
    return finding.rule == "unresolved" or not (grave or finding.fixes)


def _by_place(findings: Iterable[Finding]) -> Collection[list[Finding]]:
    """Findings of one place together, places in the order of their first one."""
    places: dict[tuple[Path, Span], list[Finding]] = {}
    for finding in findings:
        places.setdefault((finding.path, finding.span), []).append(finding)
    return places.values()


def _block(findings: list[Finding], run: Run, width: int | None) -> Iterator[Line]:
    """All about one place: the source once, each message, what they have in common once."""
    first = findings[0]
    yield _header(first, run)
    margin = len(str(first.span.end_line))
    text = run.texts.get(first.path) if first.span.cell is None else None
    if text is not None:
        yield from _source(text, first.span, margin, width)
    # Needs libcst, which a run without findings is not to wait for.
    from ckpt_lsp.output.lists import told_together

    yield from _messages(told_together(findings, run.reports), margin)
    notes = dict.fromkeys(note for finding in findings for note in (*_notes(finding, run), *_sources(finding, run)))
    yield from (_item(margin, "note", note) for note in notes)
    fixes = [*dict.fromkeys(fix for finding in findings for fix in finding.fixes)]
    best = next((fix for fix in fixes if fix.preferred), fixes[0] if fixes else None)
    for fix in fixes:
        yield _item(margin, "fix", fix.title, "fix")
        if fix is best and first.span.cell is None:
            yield from _patches(fix, first.path, run, margin, width)


def _messages(findings: list[Finding], margin: int) -> Iterator[Line]:
    """What is said beyond the header.  A line that several findings say stands where the last one says it."""
    seen: list[tuple[str, str]] = []
    for number, finding in enumerate(findings):
        first, *more = finding.message.splitlines() or [""]
        said = [(_label(finding), first)] if number else []
        said += [("", line) for line in more if line.strip()]
        seen = [line for line in seen if line not in said] + said
    styles = {_label(finding): finding.severity.value for finding in findings}
    yield from (_item(margin, label, line, styles.get(label, "")) for label, line in seen)


def _label(finding: Finding) -> str:
    return f"{finding.severity.value}[{finding.rule}]"


def _header(finding: Finding, run: Run) -> Line:
    place = Text(_place(finding.path, finding.span, run), "place")
    label = Text(_label(finding), finding.severity.value)
    first = finding.message.partition("\n")[0]
    return Line(Text(), Text(": ").join([place, label, Text(printable(first))]))


def _source(text: str, span: Span, margin: int, width: int | None) -> Iterator[Line]:
    rows = excerpt(text, span, width and width - margin - 3)
    for row in rows:
        gutter = (f"{row.gutter:>{margin}} | ", "gutter")
        yield Line(Text.assemble(gutter, (row.code, "error" if row.mark else "")), Text())
    if rows:
        yield Line(Text(" " * margin + " |", "gutter"), Text())


def _notes(finding: Finding, run: Run) -> Iterator[str]:
    """Related places that say something new: the whole key list stands at the call itself, in the message."""
    for related in finding.related:
        if (related.path, related.span) != (finding.path, finding.span):
            place = _place(related.path, related.span, run)
            yield f"{place}: {' '.join(related.message.split())}"


def _sources(finding: Finding, run: Run) -> Iterator[str]:
    """Where the checkpoint is not here: whose word is taken for it."""
    for report in run.reports:
        if finding in report.findings and report.checkpoint is not None and report.checkpoint_source == "lock":
            yield f"{run.shown(report.checkpoint)} is not here: judged by its record in ckpt-lsp.lock"


def _patches(fix: Fix, own: Path, run: Run, margin: int, width: int | None) -> Iterator[Line]:
    """What changes in each file, those other than that of the call under their names."""
    for path in dict.fromkeys(edit.path for edit in fix.edits):
        text = run.texts.get(path)
        if text is not None:
            if path != own:
                yield Line(
                    Text.assemble((" " * margin + " |   ", "gutter"), (printable(run.shown(path)), "place")), Text()
                )
            yield from _patch(text, path, fix, margin, width)


def _patch(text: str, path: Path, fix: Fix, margin: int, width: int | None) -> Iterator[Line]:
    changes = [*changed_lines(text, (edit for edit in fix.edits if edit.path == path and edit.span.cell is None))]
    for sign, code in changes if len(changes) <= _LONGEST_PATCH else ():
        shown = cut(printable(code), width and width - margin - 7)
        style = "raises" if sign == "-" else "loads"
        yield Line(Text.assemble((" " * margin + " |   ", "gutter"), (f"{sign} {shown}", style)), Text())


def _item(margin: int, label: str, text: str, style: str = "label") -> Line:
    prefix = Text.assemble((" " * margin + " = ", "gutter"), (f"{label}: " if label else "", style))
    return Line(prefix, Text(printable(text)))


# What needs no reader


def _quiet(report: SiteReport, run: Run) -> Iterator[str]:
    """A line for each finding that is only for information, and one for a site without a verdict."""
    told = False
    for finding in report.findings:
        if finding.rule != "unresolved" and _is_quiet(finding):
            place = _place(finding.path, finding.span, run)
            message = printable(" ".join(finding.message.split()))
            yield f"{place}: {finding.severity.value}[{finding.rule}]: {message}"
        told = told or finding.rule != "unresolved"
    if isinstance(report.verdict, Unresolved) and not told:
        place = _place(report.site.path, report.site.span, run)
        yield f"{place}: unresolved: {printable(report.verdict.reason)}"


def _problem(problem: FileProblem, run: Run) -> Line:
    shown = _place(problem.path, problem.span, run) if problem.span else run.shown(problem.path)
    body = Text(": ").join([Text(printable(shown), "place"), Text(printable(problem.message))])
    return Line(Text(), body)


def _summary(run: Run) -> Text:
    total = len(run.reports)
    if not total:
        return Text("No load sites found.")
    parts = [Text(f"{n} {name}", name if name in ("loads", "raises") else "quiet") for name, n in _nonzero(run)]
    by_lock = sum(report.checkpoint_source == "lock" for report in run.reports)
    ending = Text(f" ({by_lock} judged by ckpt-lsp.lock)" if by_lock else "")
    return Text(f"{total} load site{'s' if total > 1 else ''}: ") + Text(", ").join(parts) + ending


def _nonzero(run: Run) -> list[tuple[str, int]]:
    return [(name, count) for name, count in run.counts().items() if count]


def _place(path: Path, span: Span, run: Run) -> str:
    cell = f" (cell {span.cell})" if span.cell is not None else ""
    return printable(f"{run.shown(path)}{cell}:{span.line}:{span.column}")


def _plain(text: str = "", style: str = "") -> Line:
    return Line(Text(), Text(text, style))
