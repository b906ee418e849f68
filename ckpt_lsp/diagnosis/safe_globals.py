"""What `weights_only=True` refuses although it is harmless, allowed by name: the protection stays on.

Offered only where all that torch refuses is known to hold plain values, and torch then reads the file.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..source.edits.layout import newline_of, unit_of
from ..source.edits.names import import_line, taken, torch_name
from ..source.edits.rewrite import quoted
from ..source.tree import Module, parse
from ..types import Fix, Raises, Span, TextEdit
from .case import Case
from .keys import escape
from .trial import tried

_MEMBERS = {
    "addict.addict": "Dict",
    "argparse": "Namespace",
    "box.box": "Box",
    "builtins": "bool bytearray bytes complex dict float frozenset int list object range set slice str tuple",
    "collections": "Counter UserDict defaultdict deque",
    "datetime": "date datetime time timedelta timezone",
    "decimal": "Decimal",
    "easydict": "EasyDict",
    "fractions": "Fraction",
    "lightning.fabric.utilities.data": "AttributeDict",
    "lightning_fabric.utilities.data": "AttributeDict",
    "numpy": "dtype ndarray",
    "numpy._core.multiarray": "_reconstruct scalar",
    "numpy.core.multiarray": "_reconstruct scalar",
    "omegaconf.base": "ContainerMetadata Metadata",
    "omegaconf.dictconfig": "DictConfig",
    "omegaconf.listconfig": "ListConfig",
    "omegaconf.nodes": "AnyNode BooleanNode BytesNode EnumNode FloatNode IntegerNode PathNode StringNode",
    "pathlib": "Path PosixPath PurePath PurePosixPath PureWindowsPath WindowsPath",
    "pathlib._local": "Path PosixPath PurePath PurePosixPath PureWindowsPath WindowsPath",
    "pytorch_lightning.utilities.parsing": "AttributeDict",
    "torch.torch_version": "TorchVersion",
    "types": "SimpleNamespace",
    "typing": "Any",
    "uuid": "SafeUUID UUID",
    "yacs.config": "CfgNode",
}
HARMLESS = frozenset(f"{module}.{name}" for module, names in _MEMBERS.items() for name in names.split())
"""What holds plain values, and does nothing else when it is made."""

_DTYPES = "numpy.dtypes."

_ELSEWHERE = {
    "numpy.core.": "numpy._core.",
    "numpy._core.": "numpy.core.",
    "pathlib._local.": "pathlib.",
}
"""Where another version has what the file names."""


def is_harmless(name: str) -> bool:
    return name in HARMLESS or name.startswith(_DTYPES)


def allowing(case: Case, verdict: Raises) -> list[Fix]:
    """At most one: a `with` round the statement that loads the file, else a call before it."""
    names = verdict.rejected_globals
    if case.recheck is None or not names or not all(map(is_harmless, names)):
        return []
    place = _Place.of(case, verdict)
    for edits in place.edits(names) if place is not None else ():
        trial = tried(case, edits)
        if trial is not None:
            title = f"Allow {_told(names)} when the file is loaded" + trial.told()
            return [Fix(title, edits, trial.leftover, preferred=trial.total == 0)]
    return []


def _told(names: Sequence[str]) -> str:
    return f"`{escape(names[0])}`" if len(names) == 1 else f"the {len(names)} harmless globals of the file"


@dataclass(frozen=True, eq=False)
class _Place:
    """The statement that loads the file."""

    cell: int | None
    module: Module
    statement: ast.stmt

    @staticmethod
    def of(case: Case, verdict: Raises) -> _Place | None:
        """None where it stands in a file that is not known, or shares its line with others."""
        site, at = case.report.site, verdict.at
        path = verdict.at_path or site.path
        text = case.text if path == site.path else case.sources().text(path)
        if at is None or text is None:
            return None
        try:
            module = parse(path, text)
        except (SyntaxError, RecursionError):
            return None
        found = [n for n in module.parents if isinstance(n, ast.stmt) and _covers(n, at.line)]
        statement = min(found, key=lambda n: (n.end_lineno or n.lineno) - n.lineno, default=None)
        if statement is None:
            return None
        line = module.lines[statement.lineno - 1]
        before = line.encode()[: statement.col_offset].decode()
        cell = site.span.cell if path == site.path else None
        return None if before.strip() or line.lstrip().startswith("elif") else _Place(cell, module, statement)

    def edits(self, names: Sequence[str]) -> Iterator[tuple[TextEdit, ...]]:
        """The better ones first."""
        torch = torch_name(self.module, self.module.function_of(self.statement))
        if torch is None:
            return
        for forms in _forms(names):
            reached = [self._reached(form) for form in forms]
            listed = [expression for expression, _ in (r for r in reached if r is not None)]
            if len(listed) < len(forms):
                continue
            wanted = {package for _, package in (r for r in reached if r is not None) if package}
            wanted |= {"torch"} if torch.imported_at is not None else set()
            items = ", ".join(listed)
            for edits in (self._wrapped(torch.alias, items), self._before(torch.alias, items)):
                if edits:
                    yield _joined([*self._imports(wanted), *edits])

    def _reached(self, form: _Form) -> tuple[str, str | None] | None:
        """The expression in the text's own names, and the package that must be imported for it."""
        expression, package = self._named(form.name) or ("", None)
        if not expression:
            return None
        return (expression if form.known_as is None else f"({expression}, {quoted(form.known_as)})"), package

    def _named(self, name: str) -> tuple[str, str | None] | None:
        package, _, rest = name.partition(".")
        if package == "builtins":
            return None if rest in taken(self.module) and rest in self.module.bound else (rest, None)
        holder, _, own = name.rpartition(".")
        for local, imported in self.module.imports.items():
            if (imported.module, imported.attribute, imported.level) == (holder, own, 0):
                return local, None
            if imported.attribute is None and imported.module in (holder, package) and imported.level == 0:
                return f"{local}.{name[len(imported.module) + 1 :]}", None
        return None if package in taken(self.module) else (name, package)

    def _imports(self, packages: set[str]) -> list[TextEdit]:
        if not packages:
            return []
        line, end = import_line(self.module.tree), newline_of(self.module.text)
        text = "".join(f"import {package}{end}" for package in sorted(packages))
        return [self._edit(line, 1, text)]

    def _before(self, torch: str, items: str) -> list[TextEdit]:
        indent = self._indent()
        call = f"{torch}.serialization.add_safe_globals([{items}])"
        return [self._edit(self.statement.lineno, 1, f"{indent}{call}{newline_of(self.module.text)}")]

    def _wrapped(self, torch: str, items: str) -> list[TextEdit]:
        """Nothing for what is no simple statement, and where indenting would change a string."""
        first, last = self.statement.lineno, self.statement.end_lineno or self.statement.lineno
        simple = isinstance(self.statement, (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Return))
        if not simple or _spans_lines(self.statement) or not self._stands_alone(last):
            return []
        indent, unit = self._indent(), unit_of(self.module.text)
        head = f"{indent}with {torch}.serialization.safe_globals([{items}]):{newline_of(self.module.text)}{unit}"
        return [self._edit(first, 1, head), *(self._edit(line, 1, unit) for line in range(first + 1, last + 1))]

    def _stands_alone(self, last: int) -> bool:
        after = self.module.lines[last - 1].encode()[self.statement.end_col_offset :].decode().strip()
        return not after or after.startswith("#")

    def _indent(self) -> str:
        line = self.module.lines[self.statement.lineno - 1]
        return line[: len(line) - len(line.lstrip(" \t\f"))]

    def _edit(self, line: int, column: int, text: str) -> TextEdit:
        return TextEdit(self.module.path, Span(line, column, line, column, self.cell), text)


@dataclass(frozen=True)
class _Form:
    """One way to say what the file names."""

    name: str
    known_as: str | None = None
    """The name in the file, where it is another."""


def _forms(names: Sequence[str]) -> Iterator[list[_Form]]:
    """As the file names them; then as another version of their package does."""
    yield [_Form(name) for name in names]
    moved = [_moved(name) for name in names]
    if any(form.known_as for form in moved):
        yield moved


def _moved(name: str) -> _Form:
    for old, new in _ELSEWHERE.items():
        if name.startswith(old):
            return _Form(new + name.removeprefix(old), name)
    return _Form(name)


def _joined(edits: Sequence[TextEdit]) -> tuple[TextEdit, ...]:
    """Insertions at one place made one, so that none can put them the wrong way round."""
    found: dict[Span, TextEdit] = {}
    for edit in edits:
        before = found.get(edit.span)
        found[edit.span] = edit if before is None else TextEdit(edit.path, edit.span, before.text + edit.text)
    return tuple(found.values())


def _covers(statement: ast.stmt, line: int) -> bool:
    return statement.lineno <= line <= (statement.end_lineno or statement.lineno)


def _spans_lines(statement: ast.stmt) -> bool:
    texts = (n for n in ast.walk(statement) if isinstance(n, (ast.Constant, ast.JoinedStr)))
    return any((text.end_lineno or text.lineno) > text.lineno for text in texts)
