"""Checkpoints in several files, held together by a JSON index that says which tensor lies in which file."""

from __future__ import annotations

import json
import os
from typing import Any, Callable, Dict

from .errors import CheckpointError, Malformed, NotACheckpoint, StorageMissing, TooLarge
from .graph import DraftDict
from .reading import Reading
from .source import Source

_MOST_INDEX = 10 << 20
_MOST_BRACKETS = 1000
"""An index is a flat map."""

ReadFile = Callable[[str], Reading]


def read_index(source: Source, read_file: ReadFile) -> Reading:
    """All shards together, as one dict.  `read_file` reads one of them.  Raises CheckpointError."""
    weight_map = _weight_map(source)
    if source.path is None:
        raise NotACheckpoint("is the index of a sharded checkpoint", "name it by its path")
    folder = os.path.dirname(source.path)
    root = DraftDict()
    shards = tuple(dict.fromkeys(weight_map.values()))
    for shard in shards:
        _add(root, shard, read_file, folder)
    for key, shard in weight_map.items():
        if key not in root.entries:
            raise Malformed("says that %s lies in %s, which does not hold it" % (key, shard))
    return Reading("sharded", root, files=shards)


def _weight_map(source: Source) -> Dict[str, str]:
    if source.size > _MOST_INDEX:
        raise TooLarge("is a JSON file of %d bytes" % source.size)
    try:
        data = source.read_at(0, source.size)
        index = json.loads(data.decode("utf-8")) if data.count(b"{") + data.count(b"[") < _MOST_BRACKETS else None
    except (ValueError, RecursionError):
        raise NotACheckpoint("looks like a JSON file, but is broken") from None
    weight_map = index.get("weight_map") if isinstance(index, dict) else None
    if not isinstance(weight_map, dict) or not weight_map:
        raise NotACheckpoint("is a JSON file, not a checkpoint")
    for shard in weight_map.values():
        _check_name(shard)
    return weight_map


def _check_name(shard: Any) -> None:
    """A shard lies beside its index, nowhere else."""
    if not isinstance(shard, str) or not shard or shard in (".", "..") or os.path.basename(shard) != shard:
        raise Malformed("names a shard that is no file beside it: %r" % (shard,))
    if "\\" in shard or "\0" in shard:
        raise Malformed("names a shard that is no file beside it: %r" % (shard,))


def _add(root: DraftDict, shard: str, read_file: ReadFile, folder: str) -> None:
    try:
        reading = read_file(os.path.join(folder, shard))
    except FileNotFoundError:
        raise StorageMissing("lacks its shard %s" % shard) from None
    except CheckpointError as error:
        error.name = shard
        raise
    if not isinstance(reading.root, DraftDict):
        raise Malformed("has a shard %s that is no dict of tensors" % shard)
    for key, value in reading.root.pairs():
        root.set(key, value)
    root.attributes.update(reading.root.attributes)
