"""Comments in which the user says what the code does not: `# ckpt-lsp: argv --model weights/raft.pth`.

On the lines of a load site's statement, or directly above it, a hint is about that call; on a line of its own at the
left margin, anywhere else, it is about the whole script.
"""

from __future__ import annotations

import bisect
import difflib
import functools
import io
import re
import shlex
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ..types import Document, Span, TextEdit
from .tree import split_lines

MARK = "ckpt-lsp:"

WORDS = ("argv", "checkpoint", "cwd")


@dataclass(frozen=True)
class Hints:
    """What comments say about one load site; what they say of the call itself wins over what they say of the script."""

    argv: tuple[str, ...] | None = None
    checkpoint: str | None = None
    """A path as written."""
    cwd: str | None = None
    """A folder as written."""
    line: int | None = None
    """Where the nearest of them stands; None where there is none."""
    checkpoint_line: int | None = field(default=None, compare=False)
    cwd_line: int | None = field(default=None, compare=False)

    def __bool__(self) -> bool:
        return self.line is not None


@dataclass(frozen=True)
class HintProblem:
    """A hint that is not followed, and why."""

    line: int
    text: str
    span: Span
    """Of the comment."""


@dataclass(frozen=True)
class HintedPath:
    """A path that a hint names, as written."""

    word: str
    """"checkpoint" or "cwd"."""
    path: str
    span: Span
    """Of the comment."""


def hints(text: str, span: Span, others: Iterable[Span] = ()) -> Hints:
    """What is said of the call at `span`; hints of the `others`, the further load sites, are not for the script."""
    if MARK not in text:
        return Hints()
    page, sites = _page(text), (span, *others)
    own = [h for h in page.sound if page.belongs(h, span)]
    script = [h for h in page.sound if h.at_margin and not any(page.belongs(h, site) for site in sites)]
    said: dict[str, _Hint] = {}
    for hint in (*own, *script):
        said.setdefault(hint.word, hint)
    return Hints(
        argv=said["argv"].arguments if "argv" in said else None,
        checkpoint=said["checkpoint"].arguments[0] if "checkpoint" in said else None,
        cwd=said["cwd"].arguments[0] if "cwd" in said else None,
        line=next((hint.line for hint in said.values()), None),
        checkpoint_line=said["checkpoint"].line if "checkpoint" in said else None,
        cwd_line=said["cwd"].line if "cwd" in said else None,
    )


def hinted_paths(text: str) -> tuple[HintedPath, ...]:
    """In the order of the text; hints that cannot be read name none."""
    found = (hint for hint in (_page(text).sound if MARK in text else ()) if hint.word in ("checkpoint", "cwd"))
    return tuple(HintedPath(hint.word, hint.arguments[0], hint.span) for hint in found)


def problems(text: str, sites: Sequence[Span]) -> tuple[HintProblem, ...]:
    """All hints of a file that are not followed, in the order of the text; `sites` are all its load sites."""
    if MARK not in text:
        return ()
    page = _page(text)
    found: list[HintProblem] = []
    first: dict[object, int] = {}
    for hint in page.hints:
        about = tuple(site for site in sites if page.belongs(hint, site))
        if hint.problem:
            found.append(HintProblem(hint.line, hint.problem, hint.span))
        elif not about and not hint.at_margin:
            found.append(HintProblem(hint.line, _ASTRAY, hint.span))
        elif (line := first.setdefault((about, hint.word), hint.line)) != hint.line:
            twice = f"{hint.word} is already given in line {line}; remove one of them"
            found.append(HintProblem(hint.line, twice, hint.span))
    return tuple(found)


def insert_hint(document: Document, span: Span, words: Sequence[str]) -> TextEdit:
    """The edit that writes `# ckpt-lsp: <words>` above the call at `span`, or over its hint with the same first word.

    Raises ValueError where no comment can hold the words: there is a line break or a NUL among them.
    """
    comment = f"# {MARK} {shlex.join(words)}"
    if re.search(r"[\r\n\0]", comment):
        raise ValueError(f"no comment can hold {words!r}")
    page = _page(document.text)
    for old in page.hints:
        if old.word == words[0] and page.belongs(old, span):
            end = old.column + len(old.text)
            return TextEdit(document.path, Span(old.line, old.column, old.line, end, span.cell), comment)
    line = page.statement(span).start
    indent, end_of_line = _style(split_lines(document.text), line)
    return TextEdit(document.path, Span(line, 1, line, 1, span.cell), indent + comment + end_of_line)


_ASTRAY = (
    "belongs to no load site; put it on the line of the call, directly above it, or at the left margin for the script"
)


def _style(lines: list[str], line: int) -> tuple[str, str]:
    """Indentation and end of a line; the end is the file's where the line has none."""
    text = lines[line - 1] if line <= len(lines) else ""
    ends = (re.search(r"\r\n|\r|\n", candidate) for candidate in (text, *lines[:1]))
    return re.match(r"[ \t\f]*", text).group(), next((e.group() for e in ends if e), "\n")  # type: ignore[union-attr]


# -- comments and the statements they stand at -----------------------------------------------------------------


@dataclass(frozen=True)
class _Hint:
    line: int
    column: int
    text: str
    """The whole comment."""
    at_margin: bool
    """Alone on its line, not indented."""
    word: str
    arguments: tuple[str, ...]
    problem: str

    @property
    def span(self) -> Span:
        return Span(self.line, self.column, self.line, self.column + len(self.text))


@dataclass(frozen=True)
class _Page:
    """What is to be known of one file."""

    hints: tuple[_Hint, ...]
    statements: tuple[range, ...]
    """The lines of each logical line."""
    comments: frozenset[int]
    """Lines that hold a comment and nothing else."""

    @property
    def sound(self) -> list[_Hint]:
        return [hint for hint in self.hints if not hint.problem]

    def statement(self, span: Span) -> range:
        """The lines of the statement that holds the call; of a compound one, those of its head."""
        position = bisect.bisect_right(self.statements, span.line, key=lambda lines: lines.start) - 1
        if position >= 0 and span.line in self.statements[position]:
            return self.statements[position]
        return range(span.line, span.end_line + 1)

    def belongs(self, hint: _Hint, span: Span) -> bool:
        """True where a hint stands on the lines of the call's statement or in the comment directly above."""
        lines = self.statement(span)
        return hint.line in lines or (
            hint.line < lines.start and self.comments.issuperset(range(hint.line, lines.start))
        )


@functools.lru_cache(maxsize=16)
def _page(text: str) -> _Page:
    found: list[_Hint] = []
    statements: list[range] = []
    comments: set[int] = set()
    start = last = 0
    for token in _tokens(text):
        line, column = token.start
        if token.type == tokenize.COMMENT:
            alone = not token.line[:column].strip()
            if alone and not start:
                comments.add(line)
            found += _hint(line, column + 1, token.string, alone and column == 0)
        elif token.type == tokenize.NEWLINE:
            statements += [range(start, line + 1)] if start else []
            start = 0
        elif token.type not in _LAYOUT:
            start, last = start or line, token.end[0]
    if start:
        # The file ends, or goes wrong, in the middle of a statement.
        statements.append(range(start, last + 1))
    return _Page(tuple(found), tuple(statements), frozenset(comments))


_LAYOUT = frozenset({tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER, tokenize.ENCODING})


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    """As far as they can be told apart: whether the file is in order is for the parser to say."""
    try:
        yield from tokenize.generate_tokens(io.StringIO(text, newline=None).readline)
    except (tokenize.TokenError, SyntaxError, ValueError):
        return


_COMMENT = re.compile(rf"#+\s*{MARK}\s*(?P<word>[\w-]*)(?P<rest>.*)", re.DOTALL)


def _hint(line: int, column: int, text: str, at_margin: bool) -> list[_Hint]:
    match = _COMMENT.fullmatch(text)
    if match is None or match["word"] == "ignore":
        # `ignore[rule]` is for the findings.
        return []
    arguments, problem = _understood(match["word"], match["rest"])
    return [_Hint(line, column, text, at_margin, match["word"], arguments, problem)]


def _understood(word: str, rest: str) -> tuple[tuple[str, ...], str]:
    """The arguments, or what is wrong."""
    if word not in WORDS:
        return (), _unknown(word)
    try:
        arguments = tuple(shlex.split(rest))
    except ValueError as error:
        return (), f"{str(error).lower()} in the arguments of {word}; close it"
    if word != "argv" and (len(arguments) != 1 or not arguments[0]):
        return (), f"{word} takes one path, in quotes where it has spaces"
    return arguments, ""


def _unknown(word: str) -> str:
    if not word:
        return f"says nothing; write one of {', '.join(WORDS)}"
    near = difflib.get_close_matches(word, WORDS, 1)
    return f"{word} is no hint; " + (f"did you mean {near[0]}?" if near else f"there are {', '.join(WORDS)}")
