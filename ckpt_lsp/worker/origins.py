"""Where in the user's own files the parts of a model are put in their places: the line to look at, or to change.

torch tells its registration hooks of every module, parameter and buffer that gets a name; the nearest line of the
user's on the stack is the one.  What was copied or unpickled was never registered, and has no line.
"""

from __future__ import annotations

import dis
import sys
import weakref
from typing import Any, Dict, Iterable, List, Optional, Set, Tuple

from torch import nn
from torch.nn.modules import module as hooks

Line = Tuple[str, int, int]
"""Path, first line, last line."""

MOST_PLACES = 20
"""Of each kind; more are no help to anybody."""


class Origins:
    """Watches this process from now on; never stopped, like the other patches of a dry run."""

    def __init__(self, root: str) -> None:
        self._below = root.rstrip("/\\") + "/"
        self._named: Dict[int, Tuple[Any, Dict[str, Line]]] = {}
        for what in ("module", "parameter", "buffer"):
            register = getattr(hooks, "register_module_%s_registration_hook" % what, None)
            if register is not None:
                register(self._note)

    def rows(
        self, model: nn.Module, given: Iterable[Any], missing: List[str], unexpected: List[str], mismatched: List[str]
    ) -> List[List[Any]]:
        """[kind, path, first line, last line, key, how many keys] of each line that keys of this kind come from."""
        prefixes = _prefixes(given)
        return [
            *_counted("missing", ((key, self._renamed(model, key, prefixes)) for key in missing)),
            *_counted("unexpected", ((key, self._constructor(model, key)) for key in unexpected)),
            *_counted("mismatched", ((key, self._last(model, key)) for key in mismatched)),
        ]

    def _note(self, module: nn.Module, name: str, value: Any) -> None:
        line = self._nearest(sys._getframe(1))
        known = self._named.get(id(module))
        if known is None or known[0]() is not module:
            known = self._named[id(module)] = (weakref.ref(module), {})
        if line is None:
            known[1].pop(name, None)
        else:
            known[1][name] = line

    def _nearest(self, frame: Any) -> Optional[Line]:
        while frame is not None:
            if self._is_own(frame.f_code.co_filename):
                return frame.f_code.co_filename, frame.f_lineno, frame.f_lineno
            frame = frame.f_back
        return None

    def _is_own(self, path: str) -> bool:
        return path.startswith(self._below) and "site-packages" not in path

    def _line(self, module: nn.Module, name: str) -> Optional[Line]:
        known = self._named.get(id(module))
        return known[1].get(name) if known is not None and known[0]() is module else None

    def _renamed(self, model: nn.Module, key: str, prefixes: Set[str]) -> Optional[Line]:
        """Of the first part of the name that the checkpoint does not have."""
        parts, owner = key.split("."), model
        for position, part in enumerate(parts):
            if ".".join(parts[: position + 1]) not in prefixes:
                return self._line(owner, part)
            inner = owner._modules.get(part)
            if inner is None:
                return self._line(owner, part)
            owner = inner
        return None

    def _last(self, model: nn.Module, key: str) -> Optional[Line]:
        """Of the tensor itself, or of the innermost module round it that has a line."""
        found, owner = None, model
        for part in key.split("."):
            found = self._line(owner, part) or found
            inner = owner._modules.get(part)
            if inner is None:
                break
            owner = inner
        return found

    def _constructor(self, model: nn.Module, key: str) -> Optional[Line]:
        """Of the innermost user's class that the key would belong to: the whole of its `__init__`."""
        owners = [model]
        for part in key.split(".")[:-1]:
            inner = owners[-1]._modules.get(part)
            if inner is None:
                break
            owners.append(inner)
        for owner in reversed(owners):
            code = getattr(type(owner).__init__, "__code__", None)
            if code is not None and self._is_own(code.co_filename):
                return code.co_filename, code.co_firstlineno, _last_line(code)
        return None


def _prefixes(keys: Iterable[Any]) -> Set[str]:
    """Every key and all that it begins with, up to a dot."""
    found: Set[str] = set()
    for key in keys:
        while isinstance(key, str) and key not in found:
            found.add(key)
            key = key.rpartition(".")[0] or None
    return found


def _last_line(code: Any) -> int:
    inner = [_last_line(constant) for constant in code.co_consts if hasattr(constant, "co_code")]
    return max([line or 0 for _, line in dis.findlinestarts(code)] + inner)


def _counted(kind: str, found: Iterable[Tuple[str, Optional[Line]]]) -> List[List[Any]]:
    rows: Dict[Line, List[Any]] = {}
    for key, line in found:
        if line in rows:
            rows[line][-1] += 1
        elif line is not None and len(rows) < MOST_PLACES:
            rows[line] = [kind, *line, key, 1]
    return list(rows.values())
