"""In what two records of one checkpoint differ, in a clause."""

from __future__ import annotations

from collections.abc import Collection

from ckpt_lsp.worker.checkpoint.records import Record, Ref, Tensor, Value

from .reduce import Path, held


def difference(before: Record, after: Record) -> str:
    """For two that are not equal: "2 keys more, another shape of 'fc.weight'"."""
    old, new = _looks(before), _looks(after)
    changed = [path for path in old.keys() & new.keys() if old[path] != new[path]]
    tensors = [path for path in changed if isinstance(new[path], Tensor) and isinstance(old[path], Tensor)]
    parts = [
        _count(new.keys() - old.keys(), "more"),
        _count(old.keys() - new.keys(), "less"),
        _named("another shape or dtype of", tensors),
        _named("another value of", [path for path in changed if path not in tensors]),
    ]
    return ", ".join(filter(None, parts)) or "another order of its keys, or other versions of its modules"


def _looks(record: Record) -> dict[Path, object]:
    """What is at the end of each way, tensors as they are; containers are told by what they hold."""
    found: dict[Path, object] = {}
    seen: set[int] = set()
    todo: list[tuple[Value, Path]] = [(record.root, ())]
    while todo:
        value, path = todo.pop()
        node = record.node(value)
        if not isinstance(value, Ref) or isinstance(node, Tensor):
            found[path] = node or value
        elif value.number not in seen:
            seen.add(value.number)
            todo += reversed([(one, (*path, key)) for key, one in held(node)])
    return found


def _count(paths: Collection[Path], word: str) -> str:
    return f"{len(paths)} {'key' if len(paths) == 1 else 'keys'} {word}" if paths else ""


def _named(what: str, paths: Collection[Path]) -> str:
    if not paths:
        return ""
    first = min(".".join(map(str, path)) for path in paths)
    return f"{what} {first!r}" + (f" and {len(paths) - 1} more" if len(paths) > 1 else "")
