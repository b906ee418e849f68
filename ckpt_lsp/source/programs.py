"""The programs in which a load site runs: its own file as a script, or a script elsewhere that calls into it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..types import Span
from .callees import Context
from .effects import Effects
from .reach import Reach, entries, entry_call, reach
from .sites import FoundSite
from .slicing import Slice, slice_imported, slice_script
from .tree import Function, Module

MOST_PROGRAMS = 6
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


def _of_entries(module: Module, effects: Effects, ways: list[Reach]) -> list[Program] | NoProgram:
    """The file with a call of a function that nothing calls, for each of them."""
    calls = [(way, entry_call(module, way)) for way in ways]
    made = [Program(module, slice_script(module, effects, way, call)) for way, call in calls if call is not None]
    return made or NoProgram(f"`{ways[0].entry[-1].name}` is defined inside a function that nothing here calls")


def _ways_in(first: _Step, effects: Effects, importers: Importers) -> Iterator[list[_Step]]:
    """Chains of files from the site's outwards, each calling into the one before it."""
    waiting = [[first]]
    while waiting:
        steps = waiting.pop(0)
        if len(steps) >= MOST_FILES:
            continue
        inner = steps[-1]
        for module in _all_importers(inner.module, importers):
            if any(module is step.module for step in steps):
                continue
            targets = _calls_into(module, inner, effects)
            if targets:
                chain = [*steps, _Step(module, reach(module, targets))]
                yield chain
                if chain[-1].way.functions:
                    waiting.append(chain)


def _all_importers(module: Module, importers: Importers) -> list[Module]:
    """Also through packages that hand on what they import: `from .detector import Detector` in an `__init__`."""
    found = importers(module)
    for other in list(found):
        if other.path.stem == "__init__":
            found += [m for m in importers(other) if m not in found and m is not module]
    return found


def _calls_into(module: Module, inner: _Step, effects: Effects) -> list[ast.expr]:
    """Calls in `module` that run a function which leads to the site."""
    functions = inner.way.functions
    methods = {f.name for f in functions if inner.module.class_of(f) is not None and f.name != "__init__"}
    found: list[ast.expr] = []
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call):
            continue
        function = module.function_of(node)
        context = Context(module, function, module.class_of(function) if function else None)
        callees = effects.called(node, context)
        if callees is None:
            if isinstance(node.func, ast.Attribute) and node.func.attr in methods:
                found.append(node)
        elif any(_leads(definition, functions, inner.module) for _, definition, _ in callees):
            found.append(node)
    return found


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
