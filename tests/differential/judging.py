"""The judging process: imports torch once, then forks for all it is asked to do; `judge` is its client.

For a project it forks once to make its checkpoints, then for each run of a program of it, in a copy of its
folder; no two programs ever share a process.  Nothing of torch is changed.  User code is compiled with each
`X.load_state_dict(...)` wrapped in a recorder, so that overrides count as what they are.
"""

from __future__ import annotations

import ast
import contextlib
import importlib.machinery
import json
import os
import re
import runpy
import shutil
import signal
import sys
import types
from pathlib import Path
from typing import Any

SECONDS = 30
"""For one run; a program that takes longer is a badly written case."""

Row = dict[str, Any]


def serve() -> None:
    """Requests come in batches that an empty line ends; at most two projects are judged at a time."""
    import torch

    torch.set_num_threads(1)
    with contextlib.suppress(ImportError):
        import numpy  # noqa: F401
    with contextlib.suppress(ImportError):
        import safetensors.torch  # noqa: F401
    # What the first of these import takes seconds, and would be paid for in every process.
    torch.optim.SGD(torch.nn.Linear(1, 1).parameters())
    torch.compile(torch.nn.Linear(1, 1))
    sys.dont_write_bytecode = True
    batch: list[Row] = []
    for line in sys.stdin:
        if line.strip():
            batch.append(json.loads(line))
            continue
        _batch(batch)
        batch = []


def _batch(requests: list[Row]) -> None:
    waiting, running = list(requests), dict[int, Row]()
    while waiting or running:
        while waiting and len(running) < 2:
            request = waiting.pop(0)
            running[_forked(_project, request)] = request
        pid, _ = os.wait()
        request = running.pop(pid)
        answer = _answer_file(request)
        runs = json.loads(answer.read_text()) if answer.exists() else [_lost("the judge of this project died")]
        print(json.dumps({"number": request["number"], "runs": runs}), flush=True)


def _answer_file(request: Row) -> Path:
    return Path(request["scratch"]) / f"answer-{request['number']}.json"


def _forked(work: Any, *args: Any) -> int:
    """Runs `work` in a child that never comes back; its pid."""
    pid = os.fork()
    if pid:
        return pid
    with Path(os.devnull).open("r+") as nothing:
        for descriptor in (0, 1, 2):
            os.dup2(nothing.fileno(), descriptor)
    sys.stdin, sys.stdout, sys.stderr = open(0, closefd=False), open(1, "w", closefd=False), open(2, "w", closefd=False)  # noqa: SIM115
    try:
        work(*args)
    finally:
        os._exit(0)


def _project(request: Row) -> None:
    answer = _answer_file(request)
    answer.unlink(missing_ok=True)
    report = answer.with_suffix(".part")
    report.unlink(missing_ok=True)
    if request.get("make"):
        os.waitpid(_forked(_make, request, report), 0)
        if report.exists():
            answer.write_text(json.dumps([_lost(report.read_text())]))
            return
    runs = []
    for run in request["runs"]:
        result = _in_copy(request, run, report)
        if result["rows"] and _same_error(result["rows"][-1], result["end"]):
            result["later"] = _in_copy(request, {**run, "go_on": True}, report)["rows"][len(result["rows"]) :]
        runs.append(result)
    answer.write_text(json.dumps(runs))


def _same_error(row: Row, end: Row) -> bool:
    return end["type"] is not None and (row["type"], row["text"]) == (end["type"], end["text"])


def _in_copy(request: Row, run: Row, report: Path) -> Row:
    """What the program does, with its folder named as if it were no copy."""
    folder = Path(request["folder"])
    copy = Path(request["scratch"]) / str(request["number"]) / folder.name
    shutil.rmtree(copy.parent, ignore_errors=True)
    shutil.copytree(folder, copy, symlinks=True)
    report.unlink(missing_ok=True)
    _, status = os.waitpid(_forked(_run, run, copy, request, report), 0)
    shutil.rmtree(copy.parent, ignore_errors=True)
    if not report.exists():
        return _lost(f"wait status {status}")
    result: Row = json.loads(report.read_text().replace(json.dumps(str(copy))[1:-1], json.dumps(str(folder))[1:-1]))
    return result


def _lost(why: str) -> Row:
    return {"rows": [], "end": {"type": "Lost", "text": why, "path": None, "line": None}, "files": [], "later": []}


def _main_module(path: str) -> types.ModuleType:
    module = types.ModuleType("__main__")
    module.__file__ = path
    sys.modules["__main__"] = module
    return module


def _make(request: Row, report: Path) -> None:
    """Says why it failed by writing `report`."""
    signal.alarm(SECONDS)
    os.chdir(request["folder"])
    sys.path.insert(0, request["folder"])
    if request.get("judge_only"):
        sys.path.append(request["judge_only"])
    module = _main_module("make")
    try:
        if request.get("make_with"):
            exec(_definitions(Path(request["make_with"])), module.__dict__)
        exec(compile(request["make"], "make", "exec"), module.__dict__)
    except BaseException as error:
        report.write_text(f"make: {type(error).__name__}: {error}")


def _definitions(path: Path) -> types.CodeType:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kept = (ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef)
    tree.body = [node for node in tree.body if isinstance(node, kept)]
    return compile(tree, str(path), "exec")


# -- one run -----------------------------------------------------------------------------------------------------

RECORDER = "__judge_recorder__"


def instrumented(text: str | bytes, path: str) -> types.CodeType:
    """The user's module with each `X.load_state_dict(...)` as `recorder(X, place)(...)`."""
    tree = ast.parse(text, path)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (_is_site(node) or _is_relative(node)):
            place = [path, node.lineno, node.col_offset, node.end_lineno, node.end_col_offset]
            recorder: ast.expr = ast.Name(RECORDER, ast.Load())
            watched: ast.expr = node.func
            if _is_relative(node):
                recorder = ast.Attribute(recorder, "relative", ast.Load())
            else:
                assert isinstance(node.func, ast.Attribute)
                watched = node.func.value
            call = ast.Call(recorder, [watched, *map(ast.Constant, place)], [])
            node.func = ast.copy_location(call, node.func)
    ast.fix_missing_locations(tree)
    return compile(tree, path, "exec", dont_inherit=True)


def _is_site(node: ast.Call) -> bool:
    if not isinstance(node.func, ast.Attribute) or node.func.attr != "load_state_dict":
        return False
    receiver = node.func.value
    return not (isinstance(receiver, ast.Call) and isinstance(receiver.func, ast.Name) and receiver.func.id == "super")


RELATIVES = ("load_model", "load_checkpoint_in_model", "load_checkpoint_and_dispatch", "load_from_checkpoint")


def _is_relative(node: ast.Call) -> bool:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name in RELATIVES


class _Recorder:
    """What the program does at its load sites, and which files it has loaded."""

    def __init__(self, folder: str, go_on: bool) -> None:
        self.folder = folder
        self.go_on = go_on
        self.rows: list[Row] = []
        self.files: list[str] = []

    def heard(self, event: str, arguments: Any) -> None:
        """An audit hook: notes each file of the project that is opened, save its code."""
        if event == "open" and isinstance(arguments[0], str) and arguments[1] in ("r", "rb"):
            path = os.path.realpath(arguments[0])
            if path.startswith(self.folder + os.sep) and not path.endswith(".py"):
                name = os.path.relpath(path, self.folder)
                if name not in self.files:
                    self.files.append(name)

    def __call__(self, receiver: Any, *place: Any) -> Any:
        path, line, column, end_line, end_column = place
        row = {
            "path": os.path.relpath(path, self.folder),
            "span": [line, column, end_line, end_column],
            "model": type(receiver).__name__,
        }

        def load_state_dict(*args: Any, **kwargs: Any) -> Any:
            return self._load(row, receiver, args, kwargs)

        return load_state_dict

    def relative(self, function: Any, *place: Any) -> Any:
        """A function that may load a file into a model; what it loads and raises is told of the call."""
        path, line, column, end_line, end_column = place
        row = {"path": os.path.relpath(path, self.folder), "span": [line, column, end_line, end_column]}

        def call(*args: Any, **kwargs: Any) -> Any:
            if not str(getattr(function, "__module__", "")).startswith(("safetensors", "accelerate", "pytorch_light")):
                return function(*args, **kwargs)
            return self._relative(row, function, args, kwargs)

        return call

    def _relative(self, place: Row, function: Any, args: Any, kwargs: Any) -> Any:
        import torch

        inner: list[Row] = []
        original = torch.nn.Module.load_state_dict

        def load_state_dict(receiver: Any, *inner_args: Any, **inner_kwargs: Any) -> Any:
            recorder = _Recorder(self.folder, False)
            inner.append({})
            torch.nn.Module.load_state_dict = original  # type: ignore[method-assign]
            try:
                return recorder._load({"model": type(receiver).__name__}, receiver, inner_args, inner_kwargs)
            finally:
                torch.nn.Module.load_state_dict = load_state_dict  # type: ignore[method-assign]
                inner[-1] = recorder.rows[0]

        error: BaseException | None = None
        torch.nn.Module.load_state_dict = load_state_dict  # type: ignore[method-assign]
        try:
            return function(*args, **kwargs)
        except BaseException as raised:
            error = raised
            if not inner or not self.go_on:
                raise
        finally:
            torch.nn.Module.load_state_dict = original  # type: ignore[method-assign]
            if inner:
                self.rows.append(_told(place, inner[-1], error))
        return None

    def _load(self, place: Row, receiver: Any, args: Any, kwargs: Any) -> Any:
        import torch

        lists: list[Any] = []
        is_module = isinstance(receiver, torch.nn.Module)
        handle = receiver._register_load_state_dict_pre_hook(lambda *a: lists.append(a[-3:])) if is_module else None
        strict = bool(kwargs.get("strict", args[1] if len(args) > 1 else True))
        row = {**place, "is_module": is_module, "strict": strict, "type": None, "text": None}
        returned = None
        try:
            returned = receiver.load_state_dict(*args, **kwargs)
        except BaseException as error:
            row.update(type=type(error).__name__, text=str(error))
            if not self.go_on:
                raise
        finally:
            if handle is not None:
                handle.remove()
            row.update(_lists(lists, returned))
            self.rows.append(row)
        return returned


def _told(place: Row, inner: Row, error: BaseException | None) -> Row:
    """Of the function's own error text the keys are taken from that; it may forgive some of the load within."""
    row = {**inner, **place, "type": None, "text": None}
    if error is None:
        return row
    text = str(error)
    row.update(type=type(error).__name__, text=text)
    if inner["type"] is None:
        row["strict"] = True
        for name, word in (("missing", "Missing"), ("unexpected", "Unexpected")):
            found = re.search(rf"{word} key\(s\) in state_dict: (.*)", text)
            told = set(re.findall(r'"([^"]*)"', found.group(1))) if found else set()
            row[name] = [key for key in inner[name] if key in told]
    return row


def _lists(lists: list[Any], returned: Any) -> Row:
    if not lists:
        missing, unexpected = getattr(returned, "missing_keys", []), getattr(returned, "unexpected_keys", [])
        return {"missing": list(missing), "unexpected": list(unexpected), "mismatched": []}
    missing, unexpected, messages = lists[-1]
    found = [match.groups() for match in map(_MISMATCH.match, messages) if match]
    sizes = [[key, _numbers(given), _numbers(own)] for key, given, own in found]
    return {"missing": list(missing), "unexpected": list(unexpected), "mismatched": sizes}


_MISMATCH = re.compile(
    r"size mismatch for (.*): copying a param with shape torch\.Size\(\[(.*?)\]\) from checkpoint, "
    r"the shape in current model is torch\.Size\(\[(.*?)\]\)\.\Z",
    re.DOTALL,
)


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",") if number.strip()]


def _run(run: Row, folder: Path, request: Row, report: Path) -> None:
    signal.alarm(SECONDS)
    os.chdir(folder)
    if request.get("judge_only_make"):
        exec(request["judge_only_make"], {})
    recorder = _Recorder(str(folder), bool(run.get("go_on")))
    end = {"type": None, "text": None, "path": None, "line": None}
    script = str(folder / run["script"])
    _watch(recorder, request.get("judge_only"))
    _in_one_process()
    if run.get("gpus"):
        _with_gpus(run["gpus"])
    os.chdir(folder / run["cwd"])
    sys.argv = [script if run["module"] else os.path.relpath(script), *run["argv"]]
    sys.path.insert(0, str(Path.cwd() if run["module"] else Path(script).parent))
    try:
        if run["module"]:
            runpy.run_module(run["module"], run_name="__main__", alter_sys=True)
        else:
            exec(instrumented(Path(script).read_bytes(), script), _main_module(script).__dict__)
    except BaseException as error:
        end = _end(error, str(folder))
    report.write_text(json.dumps({"rows": recorder.rows, "end": end, "files": recorder.files, "later": []}))


def _watch(recorder: _Recorder, judge_only: str | None) -> None:
    """User code is compiled with the recorder in it; the files it opens are noted from outside of torch."""
    import builtins

    setattr(builtins, RECORDER, recorder)
    loader, original = importlib.machinery.SourceFileLoader, importlib.machinery.SourceFileLoader.source_to_code

    def source_to_code(self: Any, data: Any, path: Any, **kwargs: Any) -> Any:
        if str(path).startswith(recorder.folder + os.sep):
            return instrumented(data, path)
        return original(self, data, path, **kwargs)

    loader.source_to_code = source_to_code  # type: ignore[method-assign]
    sys.addaudithook(recorder.heard)
    if judge_only:
        sys.path.append(judge_only)


def _in_one_process() -> None:
    """What a program spawns is run here: of another process nothing could be recorded."""
    import torch.multiprocessing

    def spawn(fn: Any, args: Any = (), nprocs: int = 1, *more: Any, **kwargs: Any) -> None:
        if nprocs:
            fn(0, *args)

    torch.multiprocessing.spawn = spawn


def _with_gpus(count: int) -> None:
    """Devices that are not there: the program takes their branch, its tensors stay where they are."""
    import torch

    def stays(self: Any, *args: Any, **kwargs: Any) -> Any:
        return self

    def wrap(self: Any, module: Any, *args: Any, **kwargs: Any) -> None:
        torch.nn.Module.__init__(self)
        self.module = module

    load = torch.load
    torch.nn.DataParallel.__init__ = wrap  # type: ignore[method-assign]
    torch.cuda.is_available = lambda: True
    torch.cuda.device_count = lambda: count
    torch.Tensor.cuda = torch.Tensor.to = stays  # type: ignore[assignment, method-assign]
    torch.nn.Module.cuda = torch.nn.Module.to = stays  # type: ignore[assignment, method-assign]
    torch.load = lambda f, *args, **kwargs: load(f, **{**kwargs, "map_location": "cpu"})


def _end(error: BaseException, folder: str) -> Row:
    """The exception that ended the program, and the innermost line of the user's own code on its way."""
    place: tuple[str | None, int | None] = (None, None)
    trace = error.__traceback__
    while trace is not None:
        path = os.path.realpath(trace.tb_frame.f_code.co_filename)
        if path.startswith(folder + os.sep):
            place = (os.path.relpath(path, folder), trace.tb_lineno)
        trace = trace.tb_next
    text = str(error.code) if isinstance(error, SystemExit) else str(error)
    return {"type": type(error).__name__, "text": text, "path": place[0], "line": place[1]}


if __name__ == "judge":
    serve()
