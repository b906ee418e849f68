"""Run as a program: reads the files named on standard input, one a line, each in a child of its own, watched; prints
one JSON line each.

An audit hook forbids whatever a mere reader has no business with; a snapshot of the reader's own functions and
tables shows whether a file changed them.  Standard library only, as the reader itself.
"""

from __future__ import annotations

import json
import os
import pathlib
import sys
import time
import types
from typing import Any

from ckpt_lsp.worker.checkpoint.read import CheckpointError, read

FORBIDDEN = ("import", "exec", "compile", "os.", "subprocess.", "socket.", "ctypes.", "code.", "pickle.find_class")
ALLOWED = ("os.listdir", "os.scandir")
_watching = False
_seen: list[str] = []


def _watch(event: str, args: Any) -> None:
    if _watching and event.startswith(FORBIDDEN) and event not in ALLOWED:
        _seen.append(f"{event} {args[0]}" if event == "import" else event)


def snapshot() -> str:
    """All that a file could have changed in the reader."""
    found = []
    for name, module in sorted(sys.modules.items()):
        if name.startswith("ckpt_lsp.worker.checkpoint"):
            for key, value in sorted(vars(module).items()):
                found.append((name, key, _facts(value)))
    return repr(found)


def _facts(value: Any) -> Any:
    if isinstance(value, types.FunctionType):
        return id(value), id(value.__code__), repr(value.__defaults__), repr(value.__kwdefaults__), repr(value.__dict__)
    if isinstance(value, type):
        return id(value), [(k, id(v)) for k, v in vars(value).items()]
    return id(value), repr(value) if isinstance(value, (dict, list, tuple, set, frozenset)) else ""


def peak_memory() -> float:
    """Megabytes.  `getrusage` would count what the parent had when it forked."""
    status = pathlib.Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def judge(path: str) -> dict[str, Any]:
    global _watching
    _seen.clear()
    before, started = snapshot(), time.thread_time()
    _watching = True
    try:
        record = read(path)
        outcome: dict[str, Any] = {"nodes": len(record.nodes), "globals": record.globals, "calls": record.calls}
    except CheckpointError as error:
        outcome = {"error": type(error).__name__, "text": str(error)}
    except OSError as error:
        outcome = {"error": type(error).__name__, "text": str(error)}
    finally:
        _watching = False
    outcome["seconds"] = time.thread_time() - started
    outcome["megabytes"] = peak_memory()
    outcome["changed"] = snapshot() != before
    outcome["events"] = list(_seen)
    return outcome


if __name__ == "__main__":
    sys.addaudithook(_watch)
    for line in sys.stdin:
        child = os.fork()  # a fresh peak of memory, at no start-up cost
        if not child:
            print(json.dumps(judge(line.rstrip("\n"))), flush=True)
            os._exit(0)
        os.waitpid(child, 0)
