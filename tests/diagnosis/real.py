"""Scripts executed for real, under torch on the CPU, and looked at while they call load_state_dict."""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
import types
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from edits.applying import applied as apply_edits
from torch import nn

from ckpt_lsp.diagnosis import Case
from ckpt_lsp.diagnosis.case import Recheck, Sources
from ckpt_lsp.engine.contents import Contents
from ckpt_lsp.project.weights import weights
from ckpt_lsp.source import sites
from ckpt_lsp.source.tree import parse
from ckpt_lsp.types import (
    Comparison,
    Entry,
    Fix,
    Loads,
    LoadSite,
    Mismatch,
    Raised,
    Raises,
    Scenario,
    SiteReport,
    Span,
    Unresolved,
    Verdict,
)
from ckpt_lsp.worker import oracle
from ckpt_lsp.worker.checkpoint.errors import NEVER_READ
from ckpt_lsp.worker.checkpoint.hazards import hazards
from ckpt_lsp.worker.checkpoint.read import read
from ckpt_lsp.worker.protocol import Answer, Question
from ckpt_lsp.worker.refusals import LoadRefused
from ckpt_lsp.worker.suspects import suspects

_LOAD = nn.Module.load_state_dict


@dataclass
class Call:
    """One call of load_state_dict while it ran."""

    model: nn.Module
    state_dict: Any
    strict: bool
    outcome: oracle.Outcome
    changed: set[str]
    """Keys of the model whose tensors the call filled."""

    @property
    def lists(self) -> tuple[list[str], list[str], list[str]]:
        out = self.outcome
        return sorted(out.missing), sorted(out.unexpected), sorted(row[0] for row in out.mismatched)


@dataclass
class Loaded:
    """One call of torch.load while it ran."""

    path: Path
    value: Any = None
    keys: dict[int, list[str]] = field(default_factory=dict)
    """Identity of a tensor -> its keys in the file."""

    def took(self, value: Any) -> Any:
        self.value = value
        todo = [value]
        while todo:
            inner = todo.pop()
            for key, item in inner.items() if isinstance(inner, dict) else ():
                todo.append(item)
                if isinstance(item, torch.Tensor):
                    self.keys.setdefault(id(item), []).append(key)
        return value


@dataclass
class Ran:
    """A script from start to end."""

    error: BaseException | None
    calls: list[Call] = field(default_factory=list)
    names: dict[str, Any] = field(default_factory=dict)
    loaded: list[Loaded] = field(default_factory=list)


def run(text: str, folder: Path) -> Ran:
    """Executes `text` in `folder` as a script."""
    calls: list[Call] = []
    loaded: list[Loaded] = []
    names: dict[str, Any] = {"__name__": "__main__", "__file__": str(folder / "script.py")}
    error: BaseException | None = None
    torch.manual_seed(0)
    with _started_in(folder), _watched(calls), _noted(loaded, folder), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(compile(text, "script.py", "exec"), names)
        except Exception as raised:
            error = raised
    return Ran(error, calls, names, loaded)


@contextlib.contextmanager
def _noted(loaded: list[Loaded], folder: Path) -> Iterator[None]:
    real = torch.load

    def load(file: Any, *args: Any, **kwargs: Any) -> Any:
        path = getattr(file, "name", None) if hasattr(file, "read") else file
        if isinstance(path, (str, Path)) and (folder / path).exists():
            loaded.append(Loaded(folder / path))
            return loaded[-1].took(real(file, *args, **kwargs))
        return real(file, *args, **kwargs)

    torch.load = load
    try:
        yield
    finally:
        torch.load = real
        torch.serialization.clear_safe_globals()


@contextlib.contextmanager
def _started_in(folder: Path) -> Iterator[None]:
    """As a script is: from its folder, which its imports come from."""
    before, known, argv, cached = Path.cwd(), set(sys.modules), sys.argv, sys.dont_write_bytecode
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    sys.argv, sys.dont_write_bytecode = ["script.py"], True
    try:
        yield
    finally:
        os.chdir(before)
        sys.path.remove(str(folder))
        sys.argv, sys.dont_write_bytecode = argv, cached
        for name in set(sys.modules) - known:
            if (getattr(sys.modules[name], "__file__", None) or "").startswith(str(folder)):
                del sys.modules[name]


@contextlib.contextmanager
def _watched(calls: list[Call]) -> Iterator[None]:
    depth = 0

    def load_state_dict(self: nn.Module, state_dict: Any, strict: bool = True, **more: Any) -> Any:
        nonlocal depth
        if depth:
            return _LOAD(self, state_dict, strict, **more)
        depth += 1
        try:
            before = {key: value.clone() for key, value in self.state_dict().items()}
            copy = _copy(state_dict)
            outcome = oracle.load(lambda: _LOAD(self, state_dict, strict, **more), self, state_dict)
            after = self.state_dict()
            changed = {key for key, value in before.items() if not torch.equal(value, after[key])}
            calls.append(Call(self, copy, strict, outcome, changed))
        finally:
            depth -= 1
        if outcome.error is not None:
            raise outcome.error
        return outcome.returned

    nn.Module.load_state_dict = load_state_dict
    try:
        yield
    finally:
        nn.Module.load_state_dict = _LOAD


def _copy(state_dict: Any) -> Any:
    """As the worker gives each question a state dict of its own."""
    if not isinstance(state_dict, dict):
        return state_dict
    made = type(state_dict)(state_dict)
    if hasattr(state_dict, "_metadata"):
        made._metadata = dict(state_dict._metadata)
    return made


def site_of(text: str, folder: Path) -> LoadSite:
    """The first load site of a script."""
    return sites.find(parse(folder / "script.py", text))[0].site


def case(text: str, folder: Path) -> Case:
    """What the engine would hand to diagnosis once it had run the script."""
    ran = run(text, folder)
    site = site_of(text, folder)
    scenario = Scenario("defaults", (), folder)
    call = ran.calls[0] if ran.calls else None
    report = SiteReport(site, scenario, _verdict(ran, call), checkpoint=_checkpoint(ran, folder))
    if call is not None:
        report = SiteReport(
            site,
            scenario,
            report.verdict,
            model=type(call.model).__qualname__,
            checkpoint=report.checkpoint,
            strict=call.strict,
            model_entries=_entries(call.model.state_dict()),
            checkpoint_entries=_entries(call.state_dict) if hasattr(call.state_dict, "items") else (),
            renamed=tuple(_renamed(ran, call.state_dict)),
            always_clean=all(call.outcome.clean for call in ran.calls),
        )
    ask = None if call is None else lambda question: answer(ran, call, question)
    return Case(
        report,
        text,
        ask,
        folder,
        _recheck(folder),
        lambda: weights(folder),
        lambda: _sources(folder),
        Contents().inside(),
    )


def _recheck(folder: Path) -> Recheck:
    """Runs the script once more, with other texts of other files for that long."""

    def recheck(text: str, others: Mapping[Path, str], /) -> SiteReport:
        with _with_others(others):
            return case(text, folder).report

    return recheck


@contextlib.contextmanager
def _with_others(texts: Mapping[Path, str]) -> Iterator[None]:
    before = {path: path.read_text(encoding="utf-8") for path in texts}
    try:
        for path, text in texts.items():
            path.write_text(text, encoding="utf-8")
        yield
    finally:
        for path, text in before.items():
            path.write_text(text, encoding="utf-8")


def _sources(folder: Path) -> Sources:
    """What lies beside the script."""
    texts = {path: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.*")) if path.suffix != ".pth"}
    modules = [parse(path, text) for path, text in texts.items() if path.suffix == ".py"]
    return Sources(modules, {path: text for path, text in texts.items() if path.suffix in (".yaml", ".json")})


def _checkpoint(ran: Ran, folder: Path) -> Path | None:
    return ran.loaded[-1].path if ran.loaded else next(iter(sorted(folder.glob("*.pth"))), None)


def _renamed(ran: Ran, state_dict: Any) -> Iterator[tuple[str, str]]:
    before = {identity: keys for loaded in ran.loaded for identity, keys in loaded.keys.items()}
    for key, value in state_dict.items() if isinstance(state_dict, dict) else ():
        keys = before.get(id(value), [key])
        if key not in keys:
            yield keys[0], key


def _verdict(ran: Ran, call: Call | None) -> Verdict:
    of_file = _of_file(ran.loaded[-1].path, ran.error) if ran.loaded else None
    return of_file or _of_call(ran, call)


def _of_file(path: Path, error: BaseException | None) -> Verdict | None:
    """What the worker says of a file that is no checkpoint, or runs code, or that torch refuses."""
    try:
        record = read(path)
    except NEVER_READ as unreadable:
        return Unresolved(str(unreadable), unreadable=True)
    refused = LoadRefused(error, suspects(record)) if error is not None else None
    if refused is not None and refused.kind is not None and "Error(s) in loading" not in str(error):
        raised, at = Raised(type(error).__name__, str(error)), _line(error)
        names, would_run = tuple(refused.globals), hazards(record)
        return Raises(raised, Comparison(), at, False, names, refused=refused.kind, would_run=would_run)
    would_run = hazards(record)
    return Unresolved(f"loading {path.name} runs code", would_run=would_run) if would_run else None


def _line(error: BaseException | None) -> Span | None:
    """The innermost line of the script."""
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == "script.py"] if error else []
    return Span(lines[-1], 1, lines[-1], 1) if lines and lines[-1] else None


def _of_call(ran: Ran, call: Call | None) -> Verdict:
    error = ran.error
    if call is None:
        if isinstance(error, FileNotFoundError):
            return Unresolved(f"checkpoint not found: {error.filename}", checkpoint_not_found=error.filename)
        return Raises(Raised(type(error).__name__, str(error)), Comparison(), at=_line(error))
    outcome = call.outcome
    mismatched = tuple(Mismatch(key, tuple(given), tuple(own)) for key, given, own in outcome.mismatched)
    comparison = Comparison(tuple(outcome.missing), tuple(outcome.unexpected), mismatched)
    if outcome.error is None:
        return Loads(comparison)
    return Raises(Raised(type(outcome.error).__name__, str(outcome.error)), comparison, handled=error is None)


def _entries(state_dict: Any) -> tuple[Entry, ...]:
    return tuple(Entry(key, None if shape is None else tuple(shape)) for key, shape in oracle.entries(state_dict))


def answer(ran: Ran, call: Call, question: Question) -> Answer:
    """What the worker's child answers: the question's code is executed and torch is the judge."""
    with _main(ran.names):
        return _answer(call, question)


@contextlib.contextmanager
def _main(names: dict[str, Any]) -> Iterator[None]:
    """The program's own names are those of `__main__`, as in the worker's child."""
    before = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    vars(sys.modules["__main__"]).update(names)
    try:
        yield
    finally:
        sys.modules["__main__"] = before


def _answer(call: Call, question: Question) -> Answer:
    names = {"torch": torch, "model": call.model, "state_dict": _copy(call.state_dict)}
    try:
        exec(question.setup, names)
        state_dict = eval(question.state_dict, names)
        model = eval(question.model, names)
        outcome = oracle.load(lambda: _LOAD(model, state_dict, strict=question.strict), model, state_dict)
    except Exception as error:
        return Answer(False, error=f"{type(error).__name__}: {error}")
    return Answer(
        outcome.error is not None,
        message=None if outcome.error is None else str(outcome.error),
        missing=outcome.missing,
        unexpected=outcome.unexpected,
        mismatched=outcome.mismatched,
    )


def applied(text: str, fix: Fix) -> str:
    """The script with the fix."""
    return apply_edits(text, [edit for edit in fix.edits if edit.path.name == "script.py"])


def applied_elsewhere(fix: Fix) -> dict[Path, str]:
    """The other files that the fix changes."""
    paths = {edit.path for edit in fix.edits if edit.path.name != "script.py"}
    return {
        path: apply_edits(path.read_text(encoding="utf-8"), [edit for edit in fix.edits if edit.path == path])
        for path in paths
    }


def proves(text: str, fix: Fix, folder: Path) -> Call:
    """Runs the script with the fix and asserts that torch says what the fix promises."""
    fixed = applied(text, fix)
    with _with_others(applied_elsewhere(fix)):
        ran = run(fixed, folder)
    assert ran.calls, f"{fix.title}: never came to the call: {ran.error!r}\n{fixed}"
    call = ran.calls[0]
    left = fix.leftover
    missing, unexpected, mismatched = call.lists
    assert (len(missing), len(unexpected), len(mismatched)) == (left.missing, left.unexpected, left.mismatched), fixed
    raises = bool(mismatched) or (call.strict and bool(missing or unexpected))
    assert raises == (call.outcome.error is not None), f"{fix.title}: {ran.error!r}\n{fixed}"
    assert raises or ran.error is None, f"{fix.title}: {ran.error!r}\n{fixed}"
    return call
