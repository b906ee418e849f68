"""Simple ways in which the keys of a checkpoint become those of a model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

Pairs = dict[str, str]
"""Key in the checkpoint -> key in the model, of the keys that change."""


class Renaming(Protocol):
    """One change of names that can be said in a sentence."""

    def pairs(self, given: Iterable[str], wanted: Mapping[str, object]) -> Pairs:
        """What it does to the keys of a checkpoint, for a model that wants these."""


@dataclass(frozen=True)
class Strip:
    """`module.conv.weight` becomes `conv.weight`."""

    prefix: str

    def pairs(self, given: Iterable[str], wanted: Mapping[str, object]) -> Pairs:
        return {key: key[len(self.prefix) :] for key in given if key.startswith(self.prefix)}


@dataclass(frozen=True)
class Add:
    """`conv.weight` becomes `backbone.conv.weight`, where the model has that."""

    prefix: str

    def pairs(self, given: Iterable[str], wanted: Mapping[str, object]) -> Pairs:
        return {key: self.prefix + key for key in given if self.prefix + key in wanted}


@dataclass(frozen=True)
class Replace:
    """`backbone.conv.weight` becomes `encoder.conv.weight`."""

    old: str
    new: str

    def pairs(self, given: Iterable[str], wanted: Mapping[str, object]) -> Pairs:
        return {key: self.new + key[len(self.old) :] for key in given if key.startswith(self.old)}


@dataclass(frozen=True)
class Swap:
    """`blocks.3.attn.weight` becomes `blocks.3.attention.weight`: a module's name, wherever it stands inside."""

    old: str
    new: str

    def pairs(self, given: Iterable[str], wanted: Mapping[str, object]) -> Pairs:
        changed = ((key, key.replace(f".{self.old}.", f".{self.new}.")) for key in given)
        return {key: new for key, new in changed if new != key}


@dataclass(frozen=True)
class Ends:
    """`norm.gamma` becomes `norm.weight`: last segments of keys, as one library calls them and another does."""

    table: tuple[tuple[str, str], ...]
    """End in the checkpoint, with its dot -> end in the model."""
    given: str = ""
    """What makes the names of the checkpoint, if it has a name: `torch.nn.utils.parametrizations.weight_norm`."""
    wanted: str = ""
    """What makes the names of the model."""

    def pairs(self, given: Iterable[str], wanted: Mapping[str, object]) -> Pairs:
        return {key: self._renamed(key) for key in given if self._renamed(key) != key}

    def _renamed(self, key: str) -> str:
        for old, new in self.table:
            if key.endswith(old):
                return key.removesuffix(old) + new
        return key


@dataclass(frozen=True)
class Unwrap:
    """`encoder._orig_mod.conv.weight` becomes `encoder.conv.weight`: wrappers at any depth."""

    wrappers: tuple[str, ...]

    def pairs(self, given: Iterable[str], wanted: Mapping[str, object]) -> Pairs:
        renamed = ((key, without(key, self.wrappers)) for key in given)
        return {key: plain for key, plain in renamed if plain != key}


@dataclass(frozen=True)
class Wrap:
    """`encoder.conv.weight` becomes `encoder.module.conv.weight`, where the model has that."""

    wrappers: tuple[str, ...]

    def pairs(self, given: Iterable[str], wanted: Mapping[str, object]) -> Pairs:
        wrapped = {without(key, self.wrappers): key for key in wanted}
        return {key: wrapped[key] for key in given if wrapped.get(key, key) != key}


@dataclass(frozen=True)
class Rewrap:
    """`encoder.module.conv.weight` becomes `module.encoder.conv.weight`: the same, wrapped elsewhere."""

    wrappers: tuple[str, ...]

    def pairs(self, given: Iterable[str], wanted: Mapping[str, object]) -> Pairs:
        wrapped = {without(key, self.wrappers): key for key in wanted}
        renamed = ((key, wrapped.get(without(key, self.wrappers), key)) for key in given)
        return {key: new for key, new in renamed if new != key}


def without(key: str, wrappers: tuple[str, ...]) -> str:
    """`key` with the segments of wrappers left out; the last segment is a tensor's own name and stays."""
    *modules, name = key.split(".")
    return ".".join([*(part for part in modules if part not in wrappers), name])
