"""Other checkpoint files for a call whose own is not there or not known: nearest names, and a hint that says which.

Each is tried: the call is checked again with the edit made, and only files that load at least in part are offered.
"""

from __future__ import annotations

import ast
import difflib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..source.edits.rewrite import quoted
from ..source.hints import insert_hint
from ..source.tree import Module
from ..types import Document, Fix, TextEdit, Unresolved
from .case import Case
from .texts import modules
from .trial import Trial, compared, rechecked

MOST_NAMES = 4
"""Other files that are tried in place of one that is not there."""

MOST_HINTS = 6
"""Files that are tried as what a call loads."""

MOST_OFFERED = 5
MOST_IN_VAIN = 2
"""Files without a verdict after which no more are tried: the path is not all that is not known."""

_ALIKE = 0.6


def instead(case: Case, missing: str) -> list[Fix]:
    """Another path in place of the literal `missing`; where that cannot be edited, a hint."""
    found = _nearest(case, missing)
    return in_place_of(case, missing, found) or _hints(case, found)


def in_place_of(case: Case, path: str, files: Iterable[Path]) -> list[Fix]:
    """Each of the files in place of the literal `path`; none where that cannot be edited."""
    literal = _literal(case, path)
    if literal is None:
        return []
    edits = ((_in_place(case, literal, path, file), file) for file in files)
    return _offered(case, ((edit, "Load {} instead", file) for edit, file in edits if edit is not None))


def hinted(case: Case) -> list[Fix]:
    """Hints that say which file of the workspace the call loads."""
    folder = case.report.site.path.parent
    by_distance = sorted(case.weights(), key=lambda file: (len(Path(os.path.relpath(file, folder)).parts), str(file)))
    return _hints(case, by_distance[:MOST_HINTS])


def _nearest(case: Case, missing: str) -> list[Path]:
    """The same name elsewhere first, then names that are like it."""
    name, gone = os.path.basename(missing), case.report.scenario.cwd / missing  # noqa: PTH119
    rated: list[tuple[float, int, str, Path]] = []
    for file in case.weights():
        alike = difflib.SequenceMatcher(None, name.lower(), file.name.lower()).ratio()
        if alike >= _ALIKE or _stem(name) in _stem(file.name):
            steps = len(Path(os.path.relpath(file, gone.parent)).parts)
            rated.append((-alike, steps, str(file), file))
    return [file for *_, file in sorted(rated)][:MOST_NAMES]


def _stem(name: str) -> str:
    return name.lower().removesuffix(".tar").rpartition(".")[0] or name.lower()


# -- edits ---------------------------------------------------------------------------------------------------------


def _in_place(case: Case, literal: _Literal, missing: str, file: Path) -> TextEdit | None:
    """As relative as the path was, in the quotes that it had; None where the file is not below what stands before."""
    text = quoted(str(file)) if os.path.isabs(literal.path) else None  # noqa: PTH117
    if text is None:
        base = case.report.scenario.cwd / missing.removesuffix(literal.path)
        if literal.path != missing and not file.is_relative_to(base):
            return None
        text = quoted(Path(os.path.relpath(file, base)).as_posix())
    if literal.source.startswith("'") and "'" not in text and "\\" not in text:
        text = f"'{text[1:-1]}'"
    return TextEdit(literal.module.path, literal.module.span(literal.node), text)


@dataclass(frozen=True, eq=False)
class _Literal:
    module: Module
    node: ast.Constant

    @property
    def path(self) -> str:
        return str(self.node.value)

    @property
    def source(self) -> str:
        return self.module.source(self.node)

    @property
    def is_plain(self) -> bool:
        """Not a part of an f-string, not made of several strings, without escapes."""
        within = any(isinstance(around, ast.JoinedStr) for around in self.module.ancestors(self.node))
        source = self.source
        return not within and source[:1] in ("'", '"') and source[1:-1] == self.node.value


def _literal(case: Case, path: str) -> _Literal | None:
    """The one string of the program that is this path, or what it ends in: `HERE + "/net.pth"`."""
    constants = ((m, n) for m in modules(case) for n in m.parents if isinstance(n, ast.Constant))
    found = [_Literal(module, node) for module, node in constants if _ends_in(path, node.value)]
    return found[0] if len(found) == 1 and found[0].is_plain else None


def _ends_in(path: str, value: object) -> bool:
    return isinstance(value, str) and bool(value) and (path == value or path.endswith("/" + value))


def _hints(case: Case, files: Iterable[Path]) -> list[Fix]:
    site = case.report.site
    document = Document(site.path, case.text)
    return _offered(case, _hint_edits(case, document, files))


def _hint_edits(case: Case, document: Document, files: Iterable[Path]) -> Iterator[tuple[TextEdit, str, Path]]:
    for file in files:
        path = _shown(case, file)
        if path.isprintable():
            yield insert_hint(document, case.report.site.span, ("checkpoint", path)), "Say that this loads {}", file


# -- trials --------------------------------------------------------------------------------------------------------


def _offered(case: Case, edits: Iterable[tuple[TextEdit, str, Path]]) -> list[Fix]:
    """Fewest leftovers first; halves are not offered beside a whole."""
    found: list[tuple[Trial, Fix]] = []
    vain = 0
    for edit, title, file in edits:
        report = rechecked(case, (edit,))
        if report is None or isinstance(report.verdict, Unresolved):
            vain += 1
            if vain >= MOST_IN_VAIN and not found:
                break
        trial = compared(report)
        if trial is not None and trial.report.checkpoint == file and trial.loaded > 0:
            fix = Fix(title.format(_shown(case, file)) + trial.told(), (edit,), trial.leftover)
            found.append((trial, fix))
    found.sort(key=lambda pair: pair[0].total)
    whole = [fix for trial, fix in found if trial.total == 0]
    return (whole or [fix for _, fix in found])[:MOST_OFFERED]


def _shown(case: Case, file: Path) -> str:
    """As seen from the workspace, where it lies in it."""
    return file.relative_to(case.root).as_posix() if file.is_relative_to(case.root) else str(file)
