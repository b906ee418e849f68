"""Whether torch refuses a file with `weights_only=True`: torch itself is asked, so that the exception is the very
one the user would see."""

from __future__ import annotations

import io
import pickle
import zipfile
from typing import Any, Callable, List, Optional

import torch

from .checkpoint.records import Record
from .doubles import ledger
from .suspects import suspects

_real_load: Callable[..., Any] = torch.load


class LoadRefused:
    """torch refuses the file before the call is reached."""

    def __init__(self, error: BaseException, names: List[str]) -> None:
        self.error = error
        self.globals = names

    @property
    def kind(self) -> Optional[str]:
        """As in `DryRunResult.refused`.  The inert reader could read the pickle, so only its content is at fault."""
        if isinstance(self.error, pickle.UnpicklingError):
            return "weights-only"
        return "unreadable" if isinstance(self.error, (RuntimeError, EOFError)) else None


def _safe_globals() -> int:
    """How many there are besides torch's own list; none before torch 2.5."""
    known = getattr(torch.serialization, "get_safe_globals", None)
    return 0 if known is None else len(known())


def safe_globals_added() -> bool:
    """What torch takes may then be owed to the program."""
    return _safe_globals() != _at_first


def refused_by_torch(source: Any, record: Record) -> Optional[LoadRefused]:
    """Asked of torch whatever the globals are: it also refuses opcodes, formats and damaged archives."""
    start = None if isinstance(source, (str, type(None))) else source.tell()
    try:
        _real_load(source, map_location="meta", weights_only=True)
    except NotImplementedError:
        # No kernel for tensors without data, a quantized one say: that is not what the user would see.
        return None
    except Exception as error:
        return LoadRefused(error, suspects(record))
    finally:
        if start is not None:
            source.seek(start)
    return None


def refused_by_its_globals(name: str, record: Record) -> Optional[LoadRefused]:
    """Asked of torch with a file that names what the real one names, and holds nothing."""
    if record.format not in ("torch zip", "torch legacy"):
        ledger.stop(
            "whether torch loads %s, a %s file, with weights_only=True is not in the lock" % (name, record.format)
        )
    data = b"\x80\x02(" + b"".join(b"c%s\n%s\n" % tuple(_halves(one)) for one in record.globals) + b"t."
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("archive/data.pkl", data)
        archive.writestr("archive/version", "3\n")
    stream.seek(0)
    return refused_by_torch(stream, record)


def _halves(dotted: str) -> List[bytes]:
    module, _, name = dotted.rpartition(".")
    return [module.encode(), name.encode()]


_at_first = _safe_globals()
