"""Reads a case: one data file that holds a small project, how its checkpoints are made, and how it is started.

A case is plain text in sections, each begun by a line `#! ...`:

    #! make                          run first, for real: builds models, saves checkpoints into the case's folder
    #! make with main.py             the same, with the imports, classes and functions of main.py at hand
    #! script main.py                a program of the user; with several, each is run on its own
    #! file pkg/model.py             any other file of the project
    #! judge-only file cv2.py        a package that the real run finds and ckpt-lsp does not
    #! judge-only make               run before each real run, in its copy of the folder: data sets, caches

and lines that stand alone:

    #! argv --ckpt best.pth          the command line of the real run
    #! cwd tools                     its working directory, below the case's folder
    #! run as module pkg.eval        started by `python -m`
    #! own root                      the case's folder is a workspace of its own
    #! may be unresolved: REGEX      the reason that ckpt-lsp may give instead of a verdict
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

CASES = Path(__file__).parent / "cases"

_DIRECTIVE = re.compile(r"^#! (.*)$")


@dataclass(frozen=True)
class Run:
    """One way to start one program."""

    script: str
    argv: tuple[str, ...] = ()
    cwd: str = "."
    module: str | None = None
    gpus: int = 0


@dataclass(frozen=True)
class Case:
    """A project, relative to its folder."""

    name: str
    make: str
    make_with: str | None
    files: dict[str, str] = field(repr=False)
    judge_only: dict[str, str] = field(repr=False)
    judge_only_make: str
    runs: tuple[Run, ...]
    own_root: bool = False
    may_be_unresolved: str | None = None

    def write(self, folder: Path, judge_only: Path) -> None:
        """Puts the project's files into `folder`, and what only the real run finds into `judge_only`."""
        for name, text in self.files.items():
            _write(folder / name, text)
        for name, text in self.judge_only.items():
            _write(judge_only / name, text)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def all_cases() -> list[Case]:
    return [parse(path.stem, path.read_text(encoding="utf-8")) for path in sorted(CASES.glob("*.py"))]


class _Draft:
    """What has been read so far."""

    def __init__(self) -> None:
        self.make, self.judge_only_make = "", ""
        self.make_with: str | None = None
        self.files: dict[str, str] = {}
        self.judge_only: dict[str, str] = {}
        self.scripts: list[str] = []
        self.argv: tuple[str, ...] = ()
        self.cwd = "."
        self.module: str | None = None
        self.own_root = False
        self.may_be_unresolved: str | None = None

    def directive(self, words: str) -> str | None:
        """Takes in one directive; gives back the name of the section that it begins, if it begins one."""
        if words == "make" or words.startswith("make with "):
            self.make_with = words[10:] or None
            return "make:"
        if words == "judge-only make":
            return "judge-only make:"
        for begin in ("script ", "file ", "judge-only file "):
            if words.startswith(begin):
                name = words[len(begin) :].strip()
                if begin == "script ":
                    self.scripts.append(name)
                return ("judge:" if begin.startswith("judge") else "file:") + name
        self._setting(words)
        return None

    def _setting(self, words: str) -> None:
        if words.startswith("argv "):
            self.argv = tuple(shlex.split(words[5:]))
        elif words.startswith("cwd "):
            self.cwd = words[4:].strip()
        elif words.startswith("run as module "):
            self.module = words[14:].strip()
        elif words.startswith("may be unresolved: "):
            self.may_be_unresolved = words[19:].strip()
        elif words == "own root":
            self.own_root = True
        else:
            raise ValueError(f"unknown directive: #! {words}")

    def add(self, section: str, text: str) -> None:
        kind, _, name = section.partition(":")
        if kind == "make":
            self.make += text
        elif kind == "judge-only make":
            self.judge_only_make += text
        else:
            (self.files if kind == "file" else self.judge_only)[name] = text


def parse(name: str, text: str) -> Case:
    """Raises ValueError for a directive that is not known and for a case without a script."""
    draft = _Draft()
    section, lines = "", list[str]()
    for line in [*text.splitlines(keepends=True), None]:
        match = None if line is None else _DIRECTIVE.match(line)
        if line is not None and match is None:
            lines.append(line)
            continue
        begun = None if match is None else draft.directive(match.group(1).strip())
        if (line is None or begun is not None) and section:
            draft.add(section, "".join(lines))
        if begun is not None:
            section, lines = begun, []
    if not draft.scripts:
        raise ValueError(f"{name}: no script")
    runs = tuple(Run(script, draft.argv, draft.cwd, draft.module) for script in draft.scripts)
    return Case(
        name,
        draft.make,
        draft.make_with,
        draft.files,
        draft.judge_only,
        draft.judge_only_make,
        runs,
        draft.own_root,
        draft.may_be_unresolved,
    )
