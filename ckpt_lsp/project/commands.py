"""Command lines that the project itself writes down: README, docs, scripts, Makefile, CI, launch.json, notebooks.

They are evidence of how a script is really started, better than its defaults.  Reads files, executes nothing.
"""

from __future__ import annotations

import itertools
import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .entry_points import EntryPoint, entry_points
from .files import SKIPPED_FOLDERS

MOST_FILES = 300
MOST_BYTES = 1_000_000
"""Larger files are not documentation."""


@dataclass(frozen=True)
class Command:
    """`python script argv…`, as written."""

    script: Path
    """Absolute."""
    argv: tuple[str, ...]
    cwd: Path
    module: str | None
    """Dotted name where it was written as `python -m`."""
    source: str
    """Where it is written: "README.md:31"."""
    env: tuple[tuple[str, str], ...] = ()
    """Variables that its launcher sets."""


_PLACEHOLDER = re.compile(r"^[<\[{].*[>\]}]$|<[\w -]+>|\$|\.\.\.|path[/_]to|YOUR_", re.IGNORECASE)


def left_open(argv: Iterable[str]) -> int:
    """How many arguments stand for something that the reader has to fill in: `<file>`, `/path/to/data`, `$CKPT`."""
    return sum(_PLACEHOLDER.search(word) is not None for word in argv)


_WORDS = ("python", "torchrun", "accelerate", '"configurations"')
"""A file without any of these, and without the name of an entry point, holds no command."""


@dataclass(frozen=True)
class _Line:
    number: int
    text: str


@dataclass
class Reading:
    """What was read, kept as long as the file and the project's entry points stay as they are."""

    points: Mapping[str, EntryPoint] = field(default_factory=dict)
    known: dict[Path, tuple[object, tuple[Command, ...]]] = field(default_factory=dict)


def commands(root: Path, reading: Reading | None = None) -> tuple[Command, ...]:
    """All commands of the workspace that start one of its own Python files."""
    reading = reading or Reading()
    points = entry_points(root)
    if points != reading.points:
        reading.points = points
        reading.known.clear()
    found: list[Command] = []
    for path in itertools.islice(_documents(root), MOST_FILES):
        found += _read_once(path, root, reading)
    return tuple(found)


def _read_once(path: Path, root: Path, reading: Reading) -> tuple[Command, ...]:
    stamp = _stamp(path)
    known = reading.known.get(path)
    if known is None or known[0] != stamp:
        text = _text(path)
        wanted = text is not None and any(word in text for word in (*_WORDS, *reading.points))
        known = reading.known[path] = (stamp, tuple(_in_file(path, text or "", root, reading.points) if wanted else ()))
    return known[1]


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_mtime_ns, state.st_size


def _documents(root: Path) -> Iterator[Path]:
    """Files that may hold commands, nearest the root first."""
    waiting = [root]
    while waiting:
        folder = waiting.pop(0)
        try:
            entries = sorted(folder.iterdir())
        except OSError:
            continue
        yield from (e for e in entries if _may_hold_commands(e))
        waiting += [e for e in entries if e.is_dir() and not e.is_symlink() and _is_entered(e)]


def _is_entered(folder: Path) -> bool:
    if folder.name in (".github", ".vscode", "workflows"):
        return True
    return (
        not folder.name.startswith(".") and folder.name not in SKIPPED_FOLDERS and not (folder / "pyvenv.cfg").exists()
    )


_NAMES = re.compile(
    r"(Makefile|Dockerfile.*|Justfile|README.*|.*\.(md|rst|txt|sh|bash|sbatch|slurm|mk|ya?ml|ipynb)|launch\.json)$"
)


def _may_hold_commands(path: Path) -> bool:
    return bool(_NAMES.match(path.name)) and path.is_file()


def _text(path: Path) -> str | None:
    try:
        return path.read_text(errors="replace") if path.stat().st_size <= MOST_BYTES else None
    except OSError:
        return None


def _in_file(path: Path, text: str, root: Path, points: Mapping[str, EntryPoint]) -> list[Command]:
    if path.name == "launch.json":
        return _launch_configurations(path, text, root)
    lines = _notebook_lines(text) if path.suffix == ".ipynb" else _joined(text)
    return [c for c in _Reader(path, root, points).read(lines) if not {"-h", "--help"} & set(c.argv)]


# -- shell -----------------------------------------------------------------------------------------------------


def _joined(text: str) -> Iterator[_Line]:
    """Lines with continuations joined, under the number of their first."""
    number, held = 0, ""
    for count, line in enumerate(text.splitlines(), 1):
        number = number or count
        stripped = line.rstrip()
        if stripped.endswith("\\"):
            held += stripped[:-1] + " "
            continue
        yield _Line(number, held + stripped)
        number, held = 0, ""


_PROMPT = re.compile(r"^[\s>*+-]*(\d+\.\s+)?(RUN|CMD|run:|[$!%#]|>>>|\(\w+\)\s*\$)?\s*`*\s*")
_INLINE = re.compile(r"`([^`]*(?:python|torchrun|accelerate)[^`]*)`")
_ASSIGNMENT = re.compile(r"^([A-Za-z_]\w*)=(\S*)$")
_ASSIGNS = re.compile(r"(^|[\s;&])[A-Za-z_]\w*=")
_STARTERS = re.compile(r"(^|[\s/;&|`])(python[0-9.]*|torchrun|accelerate)\s")


_SHELLS = ("", "sh", "shell", "bash", "zsh", "console", "shell-session", "text")
"""What fenced blocks with commands are said to be written in."""


class _Reader:
    """Reads one file from top to bottom: variables and `cd` hold for the lines after them."""

    def __init__(self, path: Path, root: Path, points: Mapping[str, EntryPoint]) -> None:
        self._path = path
        self._root = root
        self._points = points
        self._is_prose = path.suffix in (".md", ".rst", ".txt")
        self._in_shell = not self._is_prose
        self._folder = path.parent if path.suffix in (".sh", ".bash", ".sbatch", ".slurm", ".ipynb") else root
        self._variables: dict[str, str] = {}

    def read(self, lines: Iterator[_Line]) -> Iterator[Command]:
        cwd = self._folder
        for line in lines:
            if line.text.lstrip().startswith("```"):
                cwd = self._folder
                self._in_shell = not self._in_shell and line.text.strip("` ").lower() in _SHELLS
            for piece in self._pieces(line.text):
                words = self._words(piece)
                if len(words) >= 2 and words[0] == "cd":
                    cwd = self._changed(cwd, words[1])
                elif words:
                    yield from self._command(words, cwd, line.number)

    def _pieces(self, text: str) -> list[str]:
        """The commands of a line; in prose only what stands between backquotes."""
        bare = _PROMPT.sub("", text)
        starts = _STARTERS.search(" " + text) or any(name in text for name in self._points)
        if not starts and not bare.startswith("cd ") and not _ASSIGNS.search(bare):
            return []
        inline = _INLINE.findall(text)
        return inline or re.split(r"\s*(?:&&|;|\|)\s*", bare.rstrip("` "))

    def _words(self, piece: str) -> list[str]:
        try:
            words = shlex.split(piece, comments=True)
        except ValueError:
            return []
        if words[:1] == ["export"]:
            words = words[1:]
        while words and (match := _ASSIGNMENT.match(words[0])):
            self._variables[match.group(1)] = match.group(2)
            words = words[1:]
        return [self._expanded(word) for word in words]

    def _expanded(self, word: str) -> str:
        def value(match: re.Match[str]) -> str:
            return self._variables.get(match.group(1) or match.group(2), match.group(0))

        return re.sub(r"\$(?:\{(\w+)\}|(\w+))", value, word)

    def _changed(self, cwd: Path, folder: str) -> Path:
        target = (cwd / folder).resolve()
        # `cd repository` right after `git clone` names the root itself.
        return target if target.is_dir() and self._root in (target, *target.parents) else self._root

    def _command(self, words: list[str], cwd: Path, line: int) -> Iterator[Command]:
        source = f"{self._path.relative_to(self._root)}:{line}"
        point = self._points.get(words[0]) if self._in_shell else None
        if point is not None:
            yield Command(point.script, _arguments(words[1:]), cwd, point.module, source)
            return
        arguments = _after_interpreter(words)
        if not arguments:
            return
        env = LAUNCHED if _is_launcher(words) else ()
        if arguments[0] == "-m" and len(arguments) >= 2:
            for base in (cwd, self._root):
                script = base.joinpath(*arguments[1].split(".")).with_suffix(".py")
                if script.is_file():
                    yield Command(script, _arguments(arguments[2:]), base, arguments[1], source, env)
                    return
        elif arguments[0].endswith(".py"):
            for base in (cwd, self._root):
                script = (base / arguments[0]).resolve()
                if script.is_file() and self._root in script.parents:
                    yield Command(script, _arguments(arguments[1:]), base, None, source, env)
                    return


LAUNCHED = tuple(
    {
        "RANK": "0",
        "LOCAL_RANK": "0",
        "WORLD_SIZE": "1",
        "LOCAL_WORLD_SIZE": "1",
        "MASTER_ADDR": "localhost",
        "MASTER_PORT": "29500",
    }.items()
)
"""What torchrun tells the first of its processes, were it the only one."""


def _is_launcher(words: list[str]) -> bool:
    return any(re.search(r"(^|/)torchrun$|^torch\.distributed\.(launch|run)$", word) for word in words[:8])


def _after_interpreter(words: list[str]) -> list[str]:
    """What follows `python`, `torchrun …` or `accelerate launch …`, from the script or `-m` on."""
    for position, word in enumerate(words[:4]):
        name = word.rsplit("/", 1)[-1]
        if re.fullmatch(r"python[0-9.]*|torchrun|accelerate", name):
            rest = words[position + 1 :]
            while rest and not rest[0].endswith(".py") and not (rest[0] == "-m" and len(rest) > 1):
                rest = rest[1:]
            if rest[:1] == ["-m"] and rest[1].startswith(("torch.distributed", "accelerate")):
                return _after_interpreter(["python", *rest[2:]])
            return rest
    return []


def _arguments(words: list[str]) -> tuple[str, ...]:
    """Up to a redirection or the background, without what stands in brackets: `[--amp]`, `[--output <folder>]`."""
    ends = (i for i, word in enumerate(words) if re.match(r"^(\d?>{1,2}.*|<|&|\|)$", word))
    found: list[str] = []
    optional = False
    for word in words[: next(ends, len(words))]:
        optional = optional or word.startswith("[-")
        found += [] if optional else [word]
        optional = optional and not word.endswith("]")
    return tuple(found)


# -- other kinds of files --------------------------------------------------------------------------------------


def _notebook_lines(text: str) -> Iterator[_Line]:
    try:
        cells = json.loads(text).get("cells", [])
    except (ValueError, AttributeError, RecursionError):
        return
    for number, cell in enumerate(cells):
        source = cell.get("source", "") if isinstance(cell, dict) else ""
        joined = "".join(source) if isinstance(source, list) else str(source)
        for line in _joined(joined):
            if line.text.lstrip().startswith(("!", "%cd")):
                yield _Line(number, line.text.lstrip().lstrip("!%"))


def _launch_configurations(path: Path, text: str, root: Path) -> list[Command]:
    """`.vscode/launch.json`: JSON with comments and trailing commas."""
    plain = re.sub(r",(\s*[\]}])", r"\1", re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE))
    try:
        configurations = json.loads(plain).get("configurations", [])
    except (ValueError, AttributeError, RecursionError):
        return []
    found = []
    for entry in configurations:
        program = entry.get("program") if isinstance(entry, dict) else None
        args = entry.get("args", []) if isinstance(entry, dict) else []
        if not isinstance(program, str) or not isinstance(args, list):
            continue
        script = Path(_folded(program, root))
        if script.is_file() and script.suffix == ".py":
            cwd = Path(_folded(str(entry.get("cwd", root)), root))
            argv = tuple(_folded(str(a), root) for a in args)
            found.append(Command(script, argv, cwd, None, f"launch.json: {entry.get('name', program)}"))
    return found


def _folded(text: str, root: Path) -> str:
    return text.replace("${workspaceFolder}", str(root)).replace("${workspaceRoot}", str(root))
