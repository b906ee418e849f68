"""Where a number that a model is built with is written: in the call, or wherever what the call is given comes from.

Names are followed through assignments, parameters and their defaults, imported constants, `add_argument`, dicts,
attributes of classes, and settings files.  Nothing here is sure: whoever changes a number tries it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ..source.tree import Function, Module, dotted, parameters
from ..types import Span

_DEPTH = 6
"""Steps from the call to the number."""

_MOST = 40
"""Places of one number."""


@dataclass(frozen=True)
class Written:
    """A number where somebody wrote it."""

    path: Path
    span: Span
    """Of the number; empty where it is to be put in."""
    said: str
    """What stands before the number in a sentence: `num_classes=`, `--width `."""
    before: str = ""
    """What must be written before another number: `, num_classes=`, where the number is a default."""


@dataclass(frozen=True, eq=False)
class Numbers:
    """The files of a program, and what is to be looked for in them."""

    modules: Sequence[Module]
    """That of the load site first."""
    settings: Mapping[Path, str]
    """Texts of the YAML and JSON files that the program read."""
    model: str
    """The class's name."""
    parts: Collection[str]
    """Names of modules whose sizes differ: `fc` of `fc.weight`."""

    def written(self, number: int) -> list[Written]:
        """The likelier first."""
        found: dict[tuple[Path, Span, str], Written] = {}
        for module, given, said in (*self._of_calls(), *self._of_parts()):
            for place in _Trace(self, number).of(module, given, said, _DEPTH):
                found.setdefault((place.path, place.span, place.before), place)
                if len(found) >= _MOST:
                    return list(found.values())
        for place in self._defaults(number):
            found.setdefault((place.path, place.span, place.before), place)
        return list(found.values())

    def within(self, number: int) -> list[Written]:
        """All places of the number in the calls that make parts of the model: one size is written in two layers."""
        found = (
            Written(module.path, module.span(value), said)
            for module, value, said in self._of_parts()
            if _is(value, number)
        )
        return list({(place.path, place.span): place for place in found}.values())

    # -- where to begin ----------------------------------------------------------------------------------------

    def _of_calls(self) -> Iterator[tuple[Module, ast.expr, str]]:
        """What the calls of the model's class are given."""
        names = self._parameters
        for module, call in self.calls_of(self.model):
            for at, (value, said) in enumerate(given(call)):
                named = f"{names[at]}=" if at < min(len(names), len(call.args)) else ""
                yield module, value, said or named

    def _of_parts(self) -> Iterator[tuple[Module, ast.expr, str]]:
        """What the calls are given whose result becomes one of the parts: `model.fc = nn.Linear(512, 10)`."""
        for part in self.parts:
            for module, made in self._made(part):
                calls = [node for node in ast.walk(made) if isinstance(node, ast.Call)]
                yield from ((module, value, said or f"`{part}` of ") for c in calls for value, said in given(c))

    def _made(self, part: str) -> list[tuple[Module, ast.expr]]:
        """What becomes the part in the model's class or outside of classes; in any class where that is nowhere."""
        found = [(module, _class_around(module, target), made) for module, target, made in self.assigned.get(part, [])]
        own = [(module, made) for module, cls, made in found if cls is None or cls.name == self.model]
        return own or [(module, made) for module, _, made in found]

    def _defaults(self, number: int) -> Iterator[Written]:
        """Parameters that calls leave alone: given in the call, or with another default."""
        for name, value in self._own_defaults.items():
            if _is(value, number):
                calls = self.calls_of(self.model)
                left = [c for c in calls if _argument(c[1], self._parameters, name) is None and _takes_keywords(c[1])]
                yield from (_put_in(module, call, name) for module, call in left)
                if left or not calls:
                    module, _ = self.classes[self.model][0]
                    yield Written(module.path, module.span(value), f"{name}=")

    @cached_property
    def _constructor(self) -> Function | None:
        for _, cls in self.classes.get(self.model, [])[:1]:
            return next((s for s in cls.body if isinstance(s, Function) and s.name == "__init__"), None)
        return None

    @cached_property
    def _parameters(self) -> list[str]:
        return parameters(self._constructor)[1:] if self._constructor is not None else []

    @cached_property
    def _own_defaults(self) -> dict[str, ast.expr]:
        return defaults_of(self._constructor) if self._constructor is not None else {}

    def is_constructor(self, function: Function) -> bool:
        """Whether it makes the model itself; then its defaults come last."""
        return function is self._constructor

    # -- indices -----------------------------------------------------------------------------------------------

    def calls_of(self, name: str) -> list[tuple[Module, ast.Call]]:
        return self._calls.get(name, [])

    @cached_property
    def _calls(self) -> dict[str, list[tuple[Module, ast.Call]]]:
        found: dict[str, list[tuple[Module, ast.Call]]] = {}
        for module, node in self._nodes:
            if isinstance(node, ast.Call) and (name := dotted(node.func)):
                found.setdefault(name.split(".")[-1], []).append((module, node))
        return found

    @cached_property
    def classes(self) -> dict[str, list[tuple[Module, ast.ClassDef]]]:
        found: dict[str, list[tuple[Module, ast.ClassDef]]] = {}
        for module, node in self._nodes:
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name, []).append((module, node))
        return found

    @cached_property
    def assigned(self) -> dict[str, list[tuple[Module, ast.expr, ast.expr]]]:
        """Name of a variable or an attribute -> module, target and value of what is assigned to it."""
        found: dict[str, list[tuple[Module, ast.expr, ast.expr]]] = {}
        for module, node in self._nodes:
            if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
                for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                    if name := _last_name(target):
                        found.setdefault(name, []).append((module, target, node.value))
        return found

    @cached_property
    def entries(self) -> dict[str, list[tuple[Module, ast.expr]]]:
        """Key of a dict, or of a call that makes something like one -> its values."""
        found: dict[str, list[tuple[Module, ast.expr]]] = {}
        for module, node in self._nodes:
            if isinstance(node, ast.Dict):
                for key, value in zip(node.keys, node.values, strict=True):
                    if isinstance(key, ast.Constant) and isinstance(key.value, str):
                        found.setdefault(key.value, []).append((module, value))
            elif isinstance(node, ast.keyword) and node.arg and _makes_settings(module, node):
                found.setdefault(node.arg, []).append((module, node.value))
        return found

    @cached_property
    def _nodes(self) -> list[tuple[Module, ast.AST]]:
        return [(module, node) for module in self.modules for node in module.parents]


class _Trace:
    """From what a call is given back to the number."""

    def __init__(self, numbers: Numbers, number: int) -> None:
        self._all = numbers
        self._number = number
        self._seen: set[ast.AST] = set()

    def of(self, module: Module, node: ast.expr, said: str, depth: int) -> Iterator[Written]:
        if depth == 0 or node in self._seen:
            return
        self._seen.add(node)
        if _is(node, self._number):
            yield Written(module.path, module.span(node), said)
        elif isinstance(node, ast.Name):
            yield from self._of_name(module, node, said or f"{node.id}=", depth - 1)
        elif isinstance(node, ast.Attribute):
            yield from self._of_member(module, node.attr, said, depth - 1)
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            yield from self._of_key(node.slice.value, said, depth - 1)
        elif isinstance(node, ast.Call):
            yield from self._of_call(module, node, said, depth - 1)
        elif isinstance(node, (ast.List, ast.Tuple)):
            for element in node.elts:
                yield from self.of(module, element, said, depth - 1)
        elif isinstance(node, (ast.IfExp, ast.BoolOp)):
            for value in (node.body, node.orelse) if isinstance(node, ast.IfExp) else node.values:
                yield from self.of(module, value, said, depth - 1)

    def _of_call(self, module: Module, node: ast.Call, said: str, depth: int) -> Iterator[Written]:
        """`cfg.get("width", 64)`, `int(args.width)`, and what modules within the model are given."""
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("get", "pop", "getint") and node.args:
            key = node.args[0]
            yield from self._of_key(key.value, said, depth) if isinstance(key, ast.Constant) else ()
        for value, name in given(node):
            yield from self.of(module, value, name or said, depth)

    def _of_name(self, module: Module, node: ast.Name, said: str, depth: int) -> Iterator[Written]:
        function = module.function_of(node)
        while function is not None:
            yield from self._assigned(module, node.id, function, said, depth)
            if node.id in parameters(function):
                yield from self._of_parameter(module, function, node.id, said, depth)
                return
            function = module.function_of(function)
        yield from self._assigned(module, node.id, None, said, depth)
        if node.id in module.imports:
            yield from self._constant(module.imports[node.id].attribute or node.id, depth)

    def _assigned(self, module: Module, name: str, within: Function | None, said: str, depth: int) -> Iterator[Written]:
        for home, target, value in self._all.assigned.get(name, []):
            if home is module and isinstance(target, ast.Name) and module.function_of(target) is within:
                yield from self.of(module, value, said, depth)

    def _of_parameter(self, module: Module, function: Function, name: str, said: str, depth: int) -> Iterator[Written]:
        """What calls give it, then its default."""
        cls = module.class_of(function)
        called = cls.name if cls is not None and function.name == "__init__" else function.name
        names = [n for n in parameters(function) if n not in ("self", "cls") or cls is None]
        for other, call in self._all.calls_of(called):
            value = _argument(call, names, name)
            if value is not None:
                yield from self.of(other, value, f"{name}=", depth)
        default = defaults_of(function).get(name)
        if default is not None and not self._all.is_constructor(function):
            yield from self.of(module, default, said, depth)

    def _constant(self, name: str, depth: int) -> Iterator[Written]:
        """Of the top level of any file of the program."""
        for module in self._all.modules:
            yield from self._assigned(module, name, None, f"{name} = ", depth)

    def _of_member(self, module: Module, name: str, said: str, depth: int) -> Iterator[Written]:
        """`args.width`, `cfg.width`, `self.width`, `config.WIDTH`."""
        yield from self._options(name)
        yield from self._constant(name, depth)
        for other, target, value in self._all.assigned.get(name, []):
            field = isinstance(target, ast.Name) and other.class_of(target) is not None
            if isinstance(target, ast.Attribute) or field:
                yield from self.of(other, value, f"{name}=", depth)
        yield from self._of_key(name, said, depth)

    def _options(self, name: str) -> Iterator[Written]:
        """Defaults of command-line options that become the attribute `name`."""
        for module, call in self._all.calls_of("add_argument"):
            words = [a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            named = {k.arg: k.value for k in call.keywords}
            dest = named.get("dest")
            dests = {word.lstrip("-").replace("-", "_") for word in words}
            if isinstance(dest, ast.Constant):
                dests = {str(dest.value)}
            default = named.get("default")
            if name in dests and default is not None and _is(default, self._number):
                longest = max(words, key=len, default=name)
                yield Written(module.path, module.span(default), f"{longest} ")

    def _of_key(self, key: object, said: str, depth: int) -> Iterator[Written]:
        """`{"width": 64}`, `dict(width=64)`, and the same in settings files."""
        if not isinstance(key, str):
            return
        for module, value in self._all.entries.get(key, []):
            yield from self.of(module, value, said or f"{key}=", depth)
        yield from self._of_settings(key)

    def _of_settings(self, key: str) -> Iterator[Written]:
        pattern = re.compile(
            rf"""^[\s\-{{,]*["']?{re.escape(key)}["']?\s*:\s*({self._number})(?![\w.])""", re.MULTILINE
        )
        for path, text in self._all.settings.items():
            for match in pattern.finditer(text):
                yield Written(path, _span(text, match.start(1), match.end(1)), f"{key}: ")


# -- syntax ----------------------------------------------------------------------------------------------------------


def given(call: ast.Call) -> Iterator[tuple[ast.expr, str]]:
    """Arguments, and how they are said: "num_classes=", nothing for one that is given by position."""
    yield from ((argument.value if isinstance(argument, ast.Starred) else argument, "") for argument in call.args)
    yield from ((keyword.value, f"{keyword.arg}=" if keyword.arg else "") for keyword in call.keywords)


def defaults_of(function: Function) -> dict[str, ast.expr]:
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    pairs = list(zip(reversed(positional), reversed(arguments.defaults), strict=False))
    pairs += [(a, d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d is not None]
    return {argument.arg: default for argument, default in pairs}


def _argument(call: ast.Call, names: Sequence[str], name: str) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    at = names.index(name) if name in names else len(call.args)
    plain = not any(isinstance(argument, ast.Starred) for argument in call.args)
    return call.args[at] if plain and at < len(call.args) else None


def _is(node: ast.expr, number: int) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int and node.value == number


def _last_name(node: ast.expr) -> str | None:
    """`fc` of `fc` and of `model.fc`, `classifier` of `model.classifier[6]`."""
    while isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else None


def _class_around(module: Module, node: ast.AST) -> ast.ClassDef | None:
    return next((around for around in module.ancestors(node) if isinstance(around, ast.ClassDef)), None)


def _makes_settings(module: Module, keyword: ast.keyword) -> bool:
    call = module.parents.get(keyword)
    name = (dotted(call.func) or "") if isinstance(call, ast.Call) else ""
    return name.split(".")[-1] in ("dict", "SimpleNamespace", "Namespace", "EasyDict", "set_defaults", "update")


def _takes_keywords(call: ast.Call) -> bool:
    return not any(isinstance(a, ast.Starred) for a in call.args) and all(k.arg for k in call.keywords)


def _put_in(module: Module, call: ast.Call, name: str) -> Written:
    """Behind the last argument, or between the brackets."""
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    if values:
        last = module.span(max(values, key=lambda value: (value.end_lineno or 0, value.end_col_offset or 0)))
        at, before = (last.end_line, last.end_column), f", {name}="
    else:
        whole = module.span(call)
        at, before = (whole.end_line, whole.end_column - 1), f"{name}="
    return Written(module.path, Span(*at, *at), f"{name}=", before)


def _span(text: str, start: int, end: int) -> Span:
    line, first = text.count("\n", 0, start) + 1, text.rfind("\n", 0, start) + 1
    return Span(line, start - first + 1, line, end - first + 1)
