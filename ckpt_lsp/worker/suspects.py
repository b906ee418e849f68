"""What of a checkpoint `weights_only=True` refuses by name, as this torch and this program would."""

from __future__ import annotations

import importlib.util
from typing import FrozenSet, List

from .checkpoint.records import Call, Global, Record


def suspects(record: Record) -> List[str]:
    """In the order of the file, then what it needs without naming it."""
    allowed = _allowed()
    return [name for name in (*record.globals, *_dtype_classes(record)) if name not in allowed]


def _allowed() -> FrozenSet[str]:
    """Names of the globals that `weights_only=True` accepts: torch's list and what the program added."""
    from torch import _weights_only_unpickler as unpickler

    names = set(unpickler._get_allowed_globals())
    for extra in unpickler._get_user_allowed_globals():
        names.add(extra)
    return frozenset(names)


_DTYPE = Global("numpy.dtype", "numpy")


def _dtype_classes(record: Record) -> List[str]:
    """A dtype of numpy is an instance of a class of its own, which torch refuses although no file names it."""
    calls = [node for node in record.nodes if isinstance(node, Call) and record.node(node.function) == _DTYPE]
    if not calls or importlib.util.find_spec("numpy") is None:
        return []
    import numpy

    found = []
    for call in calls:
        try:
            kind = type(numpy.dtype(str(call.args[0])))
        except Exception:
            # This numpy does not know it, so loading the file would fail there.
            continue
        found.append("%s.%s" % (kind.__module__, kind.__qualname__))
    return list(dict.fromkeys(found))
