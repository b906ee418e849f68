"""What the Python files of a workspace import: read once, looked at again when a file changes; executes nothing.

One index serves all checks of an engine.  The files are listed and their times compared at most every `FRESH`
seconds, or when somebody says that they have changed; a file is read and parsed anew only if its own time did.
"""

from __future__ import annotations

import itertools
import re
import threading
import time
import tokenize
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..source.tree import Import, Module, parse
from .files import python_files

MOST_FILES = 2000
"""Files looked at; larger workspaces are searched in part."""

MOST_PARSED = 400
"""Syntax trees kept in memory."""

FRESH = 2.0
"""Seconds for which the files are taken to be as they were seen, unless `changed` is called."""

_STATEMENT = re.compile(
    r"(?:^|[;:])[ \t\f]*(from|import)\b(?=((?:[^\n\\(#;]|\\\r?\n?)*(?:\((?:[^)#]|#[^\n]*)*)?))", re.MULTILINE
)
"""With what stands in parentheses and on continued lines.  Prose that begins like an import is taken for one, but
hides none that comes after it."""

_NO_NAMES = re.compile(r"#[^\n]*|[\\()]")
_MODULE = re.compile(r"(\.*)((?:\w+(?:\.\w+)*)?)")

Stamp = tuple[int, int]
"""Time and size."""


@dataclass(frozen=True)
class _Known:
    """One file as it was read."""

    stamp: Stamp
    imports: tuple[Import, ...]
    names: frozenset[str]
    """What `names_of` says of each."""

    @staticmethod
    def of(stamp: Stamp, text: str) -> _Known:
        imports = written_imports(text)
        return _Known(stamp, imports, frozenset(name for i in imports for name in names_of(i)))


@dataclass(frozen=True)
class _Parsed:
    text: str
    module: Module | None
    """None where the text does not parse."""


class SourceIndex:
    """Thread-safe: at worst two threads do the same work."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.Lock()
        self._stamps: dict[Path, Stamp] = {}
        self._until = 0.0
        self._known: dict[Path, _Known] = {}
        self._parsed: OrderedDict[Path, _Parsed] = OrderedDict()

    def changed(self) -> None:
        """Files have been saved, added or removed: the next question looks at the disk."""
        self._until = 0.0

    def naming(self, names: frozenset[str], overlay: Mapping[Path, str]) -> Iterator[tuple[Path, tuple[Import, ...]]]:
        """The files that seem to import something by one of these names, see `names_of`, and all that they import."""
        stamps = self._current()
        for path in (*stamps, *(path for path in overlay if path not in stamps and self._is_own(path))):
            known = _Known.of((0, 0), overlay[path]) if path in overlay else self._read(path, stamps[path])
            if names & known.names:
                yield path, known.imports

    def ending(self, parts: tuple[str, ...]) -> list[Path]:
        """The modules and packages of the workspace, in whatever folder, whose paths end in these names."""
        ends = tuple("/" + "/".join(parts) + end for end in (".py", "/__init__.py"))
        return [path for path in self._current() if path.as_posix().endswith(ends)]

    def _is_own(self, path: Path) -> bool:
        return path.suffix == ".py" and self._root in path.parents

    def parse(self, path: Path, text: str) -> Module | None:
        """The tree of this very text; None where it does not parse.  Trees are shared, and never changed."""
        with self._lock:
            known = self._parsed.get(path)
            if known is not None and known.text == text:
                self._parsed.move_to_end(path)
                return known.module
        module = _parse(path, text)
        with self._lock:
            self._parsed[path] = _Parsed(text, module)
            while len(self._parsed) > MOST_PARSED:
                self._parsed.popitem(last=False)
        return module

    def _current(self) -> Mapping[Path, Stamp]:
        with self._lock:
            if time.monotonic() > self._until:
                self._stamps = dict(_listed(self._root))
                self._until = time.monotonic() + FRESH
            return self._stamps

    def _read(self, path: Path, stamp: Stamp) -> _Known:
        known = self._known.get(path)
        if known is None or known.stamp != stamp:
            known = self._known[path] = _Known.of(stamp, read_text(path) or "")
        return known


def names_of(imported: Import) -> tuple[str, str]:
    """What the module that it means may be called: `b` or `c` of `from a.b import c`; empty for `from . import c`."""
    return imported.module.rpartition(".")[2], imported.attribute or imported.module


def written_imports(text: str) -> tuple[Import, ...]:
    """All imports of a text without parsing it, a hundred times faster; some may be in strings or comments."""
    found: dict[Import, None] = {}
    for keyword, rest in _STATEMENT.findall(text):
        plain = _NO_NAMES.sub(" ", rest)
        if keyword == "import":
            modules = [part for name in _named(plain) for part in dict.fromkeys((name.split(".")[0], name))]
            found.update((Import(module, None, 0), None) for module in modules)
            continue
        origin, *names = re.split(r"\bimport\b", plain, maxsplit=1)
        module = _MODULE.fullmatch(origin.replace(" ", ""))
        if module and names:
            found.update((Import(module[2], name, len(module[1])), None) for name in _named(names[0]))
    return tuple(found)


def _named(text: str) -> Iterator[str]:
    """First words of what stands between commas: the names before `as`."""
    return (words[0] for words in map(str.split, text.split(",")) if words)


def read_text(path: Path) -> str | None:
    """Decoded as Python does it; None where that is not possible."""
    try:
        with tokenize.open(path) as file:
            return file.read()
    except (OSError, SyntaxError, UnicodeDecodeError):
        return None


def _listed(root: Path) -> Iterator[tuple[Path, Stamp]]:
    scripts = (path for path in python_files(root, root) if path.suffix == ".py")
    for path in itertools.islice(scripts, MOST_FILES):
        try:
            state = path.stat()
        except OSError:
            continue
        yield path, (state.st_mtime_ns, state.st_size)


def _parse(path: Path, text: str) -> Module | None:
    try:
        return parse(path, text)
    except (SyntaxError, RecursionError):
        return None
