"""For programs: one JSON object, version 1.  Fields may be added; those that are there stay."""

from __future__ import annotations

import json
import sys
from typing import Any

from ckpt_lsp.diagnosis.renamings import Add, Renaming, Replace, Strip, Unwrap, Wrap
from ckpt_lsp.output.keys.contents import Contents, Path, TensorEntry, scalar, totals
from ckpt_lsp.output.keys.difference import Changed, Comparison, Difference
from ckpt_lsp.worker.checkpoint.records import Cut, Ref, Value

VERSION = 1


def write(files: list[Contents], comparison: Comparison | None) -> None:
    """One object and a newline.  Text that is no valid Unicode is escaped rather than refused."""
    sys.stdout.write(json.dumps(document(files, comparison), indent=1) + "\n")


def document(files: list[Contents], comparison: Comparison | None) -> dict[str, Any]:
    shown: dict[str, Any] = {"version": VERSION, "files": [_file(contents) for contents in files]}
    if comparison is not None:
        shown["diff"] = _comparison(comparison)
    return shown


def _file(contents: Contents) -> dict[str, Any]:
    record = contents.record
    return {
        "path": contents.name,
        "format": record.format,
        "tensors": [_tensor(path, entry) for path, entry in contents.tensors()],
        "state_dicts": [
            {"path": _path(path), "keys": len(entries), **_totals(list(entries.values()))}
            for path, entries in contents.state_dicts().items()
        ],
        "totals": _totals(list(contents.weights())),
        "globals": list(record.globals),
        "calls": list(record.calls),
        "metadata": dict(record.metadata),
        "files": list(record.files),
    }


def _tensor(path: Path, entry: TensorEntry) -> dict[str, Any]:
    facts = entry.facts
    return {
        "path": _path(path),
        "shape": list(facts.shape),
        "dtype": facts.dtype,
        "stride": list(facts.stride),
        "layout": facts.layout,
        "parameter": facts.is_parameter,
        "bytes": entry.bytes,
        "memory": {"id": "-".join(map(str, entry.memory)), "bytes": entry.memory_bytes},
    }


def _totals(entries: list[TensorEntry]) -> dict[str, int]:
    return dict(zip(("tensors", "elements", "bytes"), totals(entries), strict=True))


def _path(path: Path) -> list[Any]:
    return [_part(part) for part in path]


def _part(part: Value) -> Any:
    """A key as JSON has it; one that JSON lacks as Python writes it."""
    return scalar(part) if isinstance(part, (Ref, Cut, bytes, float)) else part


# -- two files ------------------------------------------------------------------------------------------------


def _comparison(comparison: Comparison) -> dict[str, Any]:
    return {
        "equal": comparison.equal,
        "state_dicts": [_difference(one) for one in comparison.differences],
        "only_first": [_path(path) for path in comparison.only_first],
        "only_second": [_path(path) for path in comparison.only_second],
    }


def _difference(difference: Difference) -> dict[str, Any]:
    return {
        "paths": [_path(difference.first_path), _path(difference.second_path)],
        "same": difference.same,
        "renamed": [{**_renaming(one.renaming), "keys": one.pairs} for one in difference.renamed],
        "resized": [_changed(one, "shape") for one in difference.resized],
        "retyped": [_changed(one, "dtype") for one in difference.retyped],
        "removed": list(difference.removed),
        "added": list(difference.added),
    }


def _changed(change: Changed, what: str) -> dict[str, Any]:
    return {"key": change.key, "first": getattr(change.first.facts, what), "second": getattr(change.second.facts, what)}


def _renaming(renaming: Renaming) -> dict[str, Any]:
    if isinstance(renaming, Strip):
        return {"strip": renaming.prefix}
    if isinstance(renaming, Add):
        return {"add": renaming.prefix}
    if isinstance(renaming, Replace):
        return {"replace": [renaming.old, renaming.new]}
    wrappers = renaming.wrappers if isinstance(renaming, (Wrap, Unwrap)) else ()
    return {"wrap" if isinstance(renaming, Wrap) else "unwrap": list(wrappers)}
