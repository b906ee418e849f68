"""One load call of a text, and how it is written anew."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from pathlib import Path

import libcst as cst

from ...types import LoadSite, Span, TextEdit
from ..tree import Module, parse
from .code import code
from .layout import bracketed, moved, newline_of, operand, quote_of, unit_of
from .names import TorchName, fresh, taken, torch_name
from .place import Place, Replacement, place_before
from .rewrite import Rewrite
from .sharing import is_shared
from .syntax import Chunk, chunk_at


@dataclass(frozen=True, eq=False)
class LoadCall:
    """A load call that can be rewritten."""

    path: Path
    cell: int | None
    chunk: Chunk
    node: cst.Call
    argument: cst.Arg
    dot: int
    """Offset of the dot before `load_state_dict`."""
    names: frozenset[str]
    torch: TorchName | None
    place: Place | None
    """Where statements that change the state dict can stand; None if nowhere."""

    @staticmethod
    def find(text: str, site: LoadSite) -> LoadCall | None:
        """None where the call is not written in a way that can be edited."""
        try:
            module = parse(site.path, text)
        except (SyntaxError, RecursionError):
            return None
        span = replace(site.span, cell=None)
        chunk = chunk_at(text, module.tree, span)
        plain = _plain_call(module, span)
        node = _call(chunk, span) if chunk is not None else None
        argument = _argument(node) if node is not None else None
        if chunk is None or plain is None or node is None or argument is None:
            return None
        dot = _dot(chunk, node)
        if dot is None:
            return None
        place = place_before(chunk, node, unit_of(text), newline_of(text))
        if place is not None and is_shared(module, plain, _plain_argument(plain)):
            place = None
        torch = torch_name(module, module.function_of(plain))
        return LoadCall(site.path, site.span.cell, chunk, node, argument, dot, taken(module), torch, place)

    def takes(self, rewrite: Rewrite) -> bool:
        """Whether the rewrite can be written here."""
        if rewrite.strict is not None and any(arg.star for arg in self.node.args):
            return False
        if "torch" in rewrite.names and self.torch is None:
            return False
        if "model" in rewrite.names and not _is_plain(self.node.func):
            return False
        return self.place is not None or not rewrite.statements

    def write(self, rewrite: Rewrite) -> tuple[TextEdit, ...]:
        """The edits, which do not overlap.  Only for a rewrite that the call takes."""
        changes = [*self._import(rewrite), *self._receiver(rewrite), *self._argument(rewrite), *self._strict(rewrite)]
        return tuple(self._edit(change) for change in _joined(changes))

    # -- the parts of the call ---------------------------------------------------------------------------------

    def _import(self, rewrite: Rewrite) -> list[Replacement]:
        if "torch" not in rewrite.names or self.torch is None or self.torch.imported_at is None:
            return []
        at = self.chunk.starts[min(self.torch.imported_at, self.chunk.first_line) - 1]
        return [(at, at, "import torch" + newline_of(self.chunk.text))]

    def _receiver(self, rewrite: Rewrite) -> list[Replacement]:
        return [(self.dot, self.dot, rewrite.receiver)] if rewrite.receiver else []

    def _argument(self, rewrite: Rewrite) -> list[Replacement]:
        start, end = self.chunk.range(self.argument.value)
        if rewrite.statements and self.place is not None:
            return self._with_statements(rewrite, self.place, start, end)
        given = self.chunk.text[start:end]
        picks = self._picks(rewrite)
        if rewrite.expression != "state_dict":
            whole = operand(self.argument.value, given) + picks
            return [(start, end, self._code(rewrite.expression, whole).strip())]
        return [(start, end, operand(self.argument.value, given) + picks)] if picks else []

    def _with_statements(self, rewrite: Rewrite, place: Place, start: int, end: int) -> list[Replacement]:
        value, newline = self.argument.value, newline_of(self.chunk.text)
        before, changes = "", list(place.made)
        if isinstance(value, cst.Name) and not rewrite.pick:
            name = value.value
        else:
            name = fresh(("state_dict", "weights"), self.names)
            source = bracketed(self.chunk.source(value)) or moved(self.chunk, value, place.indent)
            picked = operand(value, source) + self._picks(rewrite) if rewrite.pick else source
            before = f"{name} = {picked}{newline}{place.indent}"
            changes.append((start, end, name))
        for line in self._code(rewrite.statements, name).splitlines():
            before += line + newline + place.indent
        return [*changes, (place.start, place.start, before)]

    def _picks(self, rewrite: Rewrite) -> str:
        return self._code(rewrite.picked, "state_dict").strip()[len("state_dict") :]

    def _strict(self, rewrite: Rewrite) -> list[Replacement]:
        if rewrite.strict is None:
            return []
        written = _strict_argument(self.node)
        if written is not None:
            start, end = self.chunk.range(written.value)
            return [(start, end, str(rewrite.strict))]
        start, _ = self.chunk.range(self.node.args[-1])
        _, end = self.chunk.range(self.node.args[-1].value)
        return [(end, end, f",{self._gap(start)}strict={rewrite.strict}")]

    def _gap(self, last: int) -> str:
        """What stands between arguments: a line each where the last one has its own and a comma after it."""
        comma = self.node.args[-1].comma
        own_line = not self.chunk.text[self.chunk.line_start(last) : last].strip()
        if own_line and isinstance(comma, cst.Comma):
            return newline_of(self.chunk.text) + self.chunk.indent(last)
        return " "

    def _code(self, source: str, state_dict: str) -> str:
        assert isinstance(self.node.func, cst.Attribute)
        own = {
            "state_dict": state_dict,
            "model": self.chunk.source(self.node.func.value),
            "torch": self.torch.alias if self.torch else "torch",
            "key": fresh(("key", "name"), self.names),
            "entries": fresh(("entries", "names"), self.names),
            "old": fresh(("old", "before"), self.names),
            "new": fresh(("new", "after"), self.names),
            "renamed": fresh(("renamed", "new_names"), self.names),
        }
        return code(source, own, quote_of(self.chunk.text), unit_of(self.chunk.text))

    def _edit(self, change: Replacement) -> TextEdit:
        start, end, text = change
        return TextEdit(self.path, replace(self.chunk.span(start, end), cell=self.cell), text)


def _joined(changes: list[Replacement]) -> list[Replacement]:
    """In order, those that touch made one, so that no editor can apply them the wrong way round."""
    joined: list[Replacement] = []
    for start, end, text in sorted(changes, key=lambda change: change[:2]):
        if joined and joined[-1][1] == start:
            first, _, before = joined.pop()
            joined.append((first, end, before + text))
        else:
            joined.append((start, end, text))
    return joined


def _plain_call(module: Module, span: Span) -> ast.Call | None:
    calls = (n for n in module.parents if isinstance(n, ast.Call) and n.lineno == span.line)
    return next((call for call in calls if module.span(call) == span), None)


def _plain_argument(call: ast.Call) -> ast.expr:
    return next((k.value for k in call.keywords if k.arg == "state_dict"), call.args[0] if call.args else call)


def _call(chunk: Chunk, span: Span) -> cst.Call | None:
    calls = (n for n in chunk.positions if isinstance(n, cst.Call))
    found = next((call for call in calls if chunk.span(*chunk.range(call)) == span), None)
    return found if found is not None and _is_of_method(found) else None


def _is_of_method(call: cst.Call) -> bool:
    """Relatives such as `safetensors.torch.load_model(model, file)` are given no state dict to rewrite."""
    return isinstance(call.func, cst.Attribute) and call.func.attr.value == "load_state_dict"


def _argument(call: cst.Call) -> cst.Arg | None:
    for arg in call.args:
        if arg.keyword is not None and arg.keyword.value == "state_dict":
            return arg
    first = call.args[0] if call.args else None
    return first if first is not None and first.keyword is None and not first.star else None


def _strict_argument(call: cst.Call) -> cst.Arg | None:
    for arg in call.args:
        if arg.keyword is not None and arg.keyword.value == "strict":
            return arg
    positional = [arg for arg in call.args if arg.keyword is None]
    return positional[1] if len(positional) > 1 else None


def _dot(chunk: Chunk, call: cst.Call) -> int | None:
    if not isinstance(call.func, cst.Attribute):
        return None
    start, _ = chunk.range(call.func.attr)
    before = chunk.text[:start].rstrip()
    return len(before) - 1 if before.endswith(".") else None


def _is_plain(node: cst.BaseExpression) -> bool:
    """`model` or `self.model`: may be read twice."""
    if isinstance(node, cst.Attribute):
        return _is_plain(node.value)
    return isinstance(node, cst.Name)
