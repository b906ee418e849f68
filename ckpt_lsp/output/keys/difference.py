"""What became of the keys from one file to another, told by the alignment that the diagnostics use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ckpt_lsp.diagnosis.align import Alignment, alignments
from ckpt_lsp.diagnosis.renamings import Pairs, Renaming
from ckpt_lsp.output.keys.contents import Contents, Path, TensorEntry

_MOST_RENAMINGS = 8

Tensors = Mapping[str, TensorEntry]


@dataclass(frozen=True)
class Renamed:
    renaming: Renaming
    pairs: Pairs
    """Key in the first file → key in the second."""


@dataclass(frozen=True)
class Changed:
    """A tensor of both, under the key that the second file has for it."""

    key: str
    first: TensorEntry
    second: TensorEntry


@dataclass(frozen=True)
class Difference:
    """Between two state dicts.  Shapes and dtypes are compared, values are not: no reader looks at them."""

    first_path: Path
    second_path: Path
    same: int
    renamed: tuple[Renamed, ...]
    resized: tuple[Changed, ...]
    retyped: tuple[Changed, ...]
    removed: Tensors
    added: Tensors

    @property
    def empty(self) -> bool:
        return not (self.renamed or self.resized or self.retyped or self.removed or self.added)


@dataclass(frozen=True)
class Comparison:
    """Of two files."""

    differences: tuple[Difference, ...]
    only_first: tuple[Path, ...] = ()
    """State dicts that have no counterpart in the other file."""
    only_second: tuple[Path, ...] = ()

    @property
    def equal(self) -> bool:
        return not (self.only_first or self.only_second) and all(one.empty for one in self.differences)


def compare(first: Contents, second: Contents) -> Comparison:
    """State dicts in the same place are compared; where there are none, the largest of each file."""
    mine, theirs = first.state_dicts(), second.state_dicts()
    places = [(path, path) for path in mine if path in theirs]
    if not places and mine and theirs:
        places = [(_largest(mine), _largest(theirs))]
    return Comparison(
        tuple(_difference(a, b, mine[a], theirs[b]) for a, b in places),
        tuple(path for path in mine if path not in {a for a, _ in places}),
        tuple(path for path in theirs if path not in {b for _, b in places}),
    )


def _largest(state_dicts: Mapping[Path, Tensors]) -> Path:
    return max(state_dicts, key=lambda path: len(state_dicts[path]))


def _difference(first_path: Path, second_path: Path, first: Tensors, second: Tensors) -> Difference:
    renamed = tuple(_renamed(first, second))
    new_names = {old: new for one in renamed for old, new in one.pairs.items()}
    both = [(key, new_names.get(key, key)) for key in first if new_names.get(key, key) in second]
    changes = [Changed(new, first[old], second[new]) for old, new in both]
    resized = tuple(one for one in changes if one.first.facts.shape != one.second.facts.shape)
    retyped = tuple(one for one in changes if one.first.facts.dtype != one.second.facts.dtype)
    kept = {old for old, _ in both}
    reached = {new for _, new in both}
    return Difference(
        first_path,
        second_path,
        sum(old == new and _alike(first[old], second[new]) for old, new in both),
        renamed,
        resized,
        retyped,
        {key: entry for key, entry in first.items() if key not in kept},
        {key: entry for key, entry in second.items() if key not in reached},
    )


def _alike(one: TensorEntry, other: TensorEntry) -> bool:
    return (one.facts.shape, one.facts.dtype) == (other.facts.shape, other.facts.dtype)


def _renamed(first: Tensors, second: Tensors) -> list[Renamed]:
    """One renaming after the other, as long as each brings more tensors together and no other would do as well."""
    matched = {key for key in first if key in second}
    gone = {key: entry.facts.shape for key, entry in first.items() if key not in matched}
    new = {key: entry.facts.shape for key, entry in second.items() if key not in matched}
    found: list[Renamed] = []
    while len(found) < _MOST_RENAMINGS and (best := _best(gone, new, matched)):
        pairs = {old: name for old, name in best.pairs.items() if name in new}
        found.append(Renamed(best.renaming, pairs))
        matched |= set(pairs.values())
        for old, name in pairs.items():
            del gone[old], new[name]
    return found


def _best(gone: Mapping[str, tuple[int, ...]], new: Mapping[str, tuple[int, ...]], kept: set[str]) -> Alignment | None:
    return next((one for one in alignments(new, gone, kept) if not one.rivalled), None)
