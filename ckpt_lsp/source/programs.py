"""The programs in which a load site runs: its own file as a script, or a script elsewhere that calls into it."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ..types import Span
from .callees import Context
from .effects import Effects
from .reach import Reach, entries, entry_call, loose_ends, reach
from .sites import FoundSite
from .slicing import Slice, slice_imported, slice_script
from .tree import Function, Import, Module, dotted, optional

MOST_PROGRAMS = 6
MOST_INDIRECT = 40
"""How many modules are looked at for calls of a method on an object that they were handed."""
MOST_FILES = 4
"""How many files a way from a script to the site may cross."""

Importers = Callable[[Module], "list[Module]"]
"""The workspace modules that import a module."""


@dataclass(frozen=True, eq=False)
class Program:
    """A script to start, and what its slice needs of other files."""

    script: Module
    slice: Slice
    imported: tuple[Slice, ...] = ()
    caller: str | None = None
    """Where another file calls into the site's: "evaluate.py:12"."""
    call: str | None = None
    """The call that was appended, since nothing leads to the site."""
    optional: tuple[str, ...] = ()
    """Parameters that this call leaves to their defaults."""

    def opened(self, guard: str, wanted: bool) -> Program | None:
        """Called so that a guard on a default comes out as `wanted`: `resnet50(pretrained=True)`.

        None where the guard is no plain question about one parameter."""
        name = guard.removeprefix("not ").strip()
        if self.call is None or name not in self.optional:
            return None
        value = wanted != guard.startswith("not ")
        given = self.call[:-1] + ("" if self.call.endswith("(") else ", ")
        call = f"{given}{name}={value})".replace("(, ", "(")
        text = f"{self.slice.text.rstrip().removesuffix(self.call)}{call}\n"
        left = tuple(other for other in self.optional if other != name)
        return replace(self, slice=replace(self.slice, text=text), call=call, optional=left)

    @property
    def anchors(self) -> list[tuple[Path, Span]]:
        return [(s.path, span) for s in (self.slice, *self.imported) for span in s.anchors]

    @property
    def indirect(self) -> bool:
        return any(s.indirect for s in (self.slice, *self.imported))

    @property
    def once(self) -> bool:
        return all(s.once for s in (self.slice, *self.imported))

    @property
    def writes(self) -> list[str]:
        return sorted({w for s in (self.slice, *self.imported) for w in s.writes})


@dataclass(frozen=True)
class NoProgram:
    """Why the site cannot be brought to run; a clause."""

    reason: str


@dataclass(frozen=True, eq=False)
class _Step:
    """One file on the way, with the way through it."""

    module: Module
    way: Reach


def programs(module: Module, effects: Effects, found: FoundSite, importers: Importers) -> list[Program] | NoProgram:
    """Those of the site's own file first; at most MOST_PROGRAMS."""
    first = _Step(module, reach(module, [found.call]))
    own = entries(module, first.way)
    made: list[Program] = []
    if not own[0].entry:
        made.append(Program(module, slice_script(module, effects, own[0])))
    for steps in _ways_in(first, effects, importers):
        *_, last = steps
        way = entries(last.module, last.way)[0]
        if not way.entry and len(made) < MOST_PROGRAMS:
            made.append(_across_files([*steps[:-1], _Step(last.module, way)], effects))
    return made or _of_entries(module, effects, own[:MOST_PROGRAMS])


def substitutes(module: Module, effects: Effects, found: FoundSite) -> list[Program]:
    """What to run where no program comes to the site: the functions that lead to it, called as nobody calls them.

    They show what is loaded into what, and decide nothing."""
    ends = loose_ends(module, reach(module, [found.call]))
    made = _of_entries(module, effects, ends[:MOST_PROGRAMS]) if ends else []
    return [] if isinstance(made, NoProgram) else made


def _of_entries(module: Module, effects: Effects, ways: list[Reach]) -> list[Program] | NoProgram:
    """The file with a call of a function that nothing calls, for each of them."""
    calls = [(way, entry_call(module, way)) for way in ways]
    made = [
        Program(module, slice_script(module, effects, way, call), call=call, optional=optional(way.entry[-1]))
        for way, call in calls
        if call is not None
    ]
    return made or NoProgram(f"`{ways[0].entry[-1].name}` is defined inside a function that nothing here calls")


def _ways_in(first: _Step, effects: Effects, importers: Importers) -> Iterator[list[_Step]]:
    """Chains of files from the site's outwards, each calling into the one before it."""
    waiting = [[first]]
    while waiting:
        steps = waiting.pop(0)
        if len(steps) >= MOST_FILES:
            continue
        inner = steps[-1]
        for module in _candidates(inner, importers):
            if any(module is step.module for step in steps):
                continue
            targets = _calls_into(module, inner, effects)
            if targets:
                chain = [*steps, _Step(module, reach(module, targets))]
                yield chain
                if chain[-1].way.functions:
                    waiting.append(chain)


def _candidates(inner: _Step, importers: Importers) -> list[Module]:
    """Modules that may call into the way through `inner`.

    To call a method a module need not import its class: a factory may hand it an object."""
    found = _all_importers(inner.module, importers)
    methods = _methods(inner)
    if not methods:
        return found
    calls = re.compile(r"\.(" + "|".join(map(re.escape, methods)) + r")\b")
    seen = [inner.module, *found]
    for module in seen[1:]:
        seen += [m for m in _all_importers(module, importers) if m not in seen][: MOST_INDIRECT - len(seen)]
    return found + [m for m in seen[1:] if m not in found and calls.search(m.text)]


def _all_importers(module: Module, importers: Importers) -> list[Module]:
    """Also through packages that hand on what they import: `from .detector import Detector` in an `__init__`."""
    found = importers(module)
    for other in list(found):
        if other.path.stem == "__init__":
            found += [m for m in importers(other) if m not in found and m is not module]
    return found


def _methods(inner: _Step) -> list[str]:
    of_classes = (f for f in inner.way.functions if inner.module.class_of(f) is not None)
    return sorted({f.name for f in of_classes} - {"__init__", "__new__", "__call__", "forward"})


def _calls_into(module: Module, inner: _Step, effects: Effects) -> list[ast.expr]:
    """Calls in `module` that run, or may run, a function which leads to the site."""
    methods = _methods(inner)
    found: list[ast.expr] = []
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call):
            continue
        function = module.function_of(node)
        context = Context(module, function, module.class_of(function) if function else None)
        callees = effects.called(node, context)
        if callees is None:
            named = isinstance(node.func, ast.Attribute) and node.func.attr in methods
            if named or _picks_from(node.func, module, inner, effects) or _spells(node.func, inner):
                found.append(node)
        elif any(_leads(definition, inner.way.functions, inner.module) for _, definition, _ in callees):
            found.append(node)
    return found


def _picks_from(func: ast.expr, module: Module, inner: _Step, effects: Effects) -> bool:
    """`models.__dict__[name](...)`, `getattr(models, name)(...)`: any function of the module may be meant; so of a
    table that it defines, `MODELS[name](...)`."""
    holder: ast.expr | None = None
    if isinstance(func, ast.Subscript):
        holder = func.value.value if isinstance(func.value, ast.Attribute) else func.value
    elif isinstance(func, ast.Call) and dotted(func.func) == "getattr" and func.args:
        holder = func.args[0]
    name = dotted(holder) if holder is not None else None
    return name is not None and _hands_on(_module_named(module, name, effects), inner.module, effects)


def _spells(func: ast.expr, inner: _Step) -> bool:
    """`eval("models." + name + ".get_net")(...)`: the text names a function on the way."""
    if not (isinstance(func, ast.Call) and dotted(func.func) == "eval"):
        return False
    texts = [n.value for n in ast.walk(func) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    words = {word for text in texts for word in re.findall(r"\w+", text)}
    return any(inner.module.class_of(f) is None and f.name in words for f in inner.way.functions)


def _module_named(module: Module, name: str, effects: Effects) -> Module | None:
    first, *rest = name.split(".")
    imported = module.imports.get(first)
    if imported is None:
        return None
    if rest:
        path = ".".join(filter(None, (imported.module, imported.attribute, *rest)))
        imported = Import(path, None, imported.level)
    return effects.resolve(module, imported)


def _hands_on(holder: Module | None, wanted: Module, effects: Effects) -> bool:
    """The module itself, or a package that imports from it."""
    if holder is None or holder is wanted:
        return holder is wanted
    imports = [*holder.imports.values(), *holder.stars]
    return holder.path.stem == "__init__" and any(effects.resolve(holder, i) is wanted for i in imports)


def _leads(definition: ast.AST, functions: list[Function], module: Module) -> bool:
    if definition in functions:
        return True
    return isinstance(definition, ast.ClassDef) and any(
        f.name == "__init__" and module.class_of(f) is definition for f in functions
    )


def _across_files(steps: list[_Step], effects: Effects) -> Program:
    *inner, last = steps
    script = slice_script(last.module, effects, last.way)
    imported = tuple(slice_imported(step.module, effects, step.way) for step in inner)
    line = min(span.line for span in script.anchors)
    return Program(last.module, script, imported, f"{last.module.path.name}:{line}")
