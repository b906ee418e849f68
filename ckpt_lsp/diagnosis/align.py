"""Which simple renamings bring the keys of a checkpoint and those of a model together.

Neighbours vote: each unexpected key that ends like a missing one of the same shape speaks for the prefix that
stands between them.  What has the votes is then applied to all keys and counted exactly.  Nearly linear in the
number of keys.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from .generations import generations
from .renamings import Add, Pairs, Renaming, Replace, Rewrap, Strip, Swap, Unwrap, Wrap, without

Shape = tuple[int, ...] | None
"""None where it is not known; fits everything."""

WRAPPERS = {
    "module": "DataParallel or DistributedDataParallel",
    "_orig_mod": "torch.compile",
    "_fsdp_wrapped_module": "FullyShardedDataParallel",
    "_checkpoint_wrapped_module": "activation checkpointing",
    "base_layer": "PEFT",
}
"""Segments that a wrapper round a module puts into its keys, and what wraps."""

_ELECTED = 6
_NEIGHBOURS = 3


@dataclass(frozen=True)
class Alignment:
    """A renaming, what it does to the keys, and how many more tensors then find their place."""

    renaming: Renaming
    pairs: Pairs
    gained: int
    landed: Pairs
    """Those pairs that bring a tensor to its place."""
    of_all: bool = False
    """Whether it renames every key that has no place."""
    rivalled: bool = False
    """Whether another of its kind does as well: only the user can know which is meant."""


def alignments(
    missing: Mapping[str, Shape], unexpected: Mapping[str, Shape], matched: Iterable[str] = ()
) -> list[Alignment]:
    """The best first.  `matched` are the keys that fit as they are: none of them may be overwritten."""
    kept = frozenset(matched)
    found = (
        _counted(renaming, missing, unexpected, kept)
        for renaming in (
            *generations(missing, unexpected),
            *_wrappings(missing, unexpected),
            *_elected(missing, unexpected),
            *_swaps(missing, unexpected),
        )
    )
    gaining = [alignment for alignment in found if alignment is not None and alignment.gained]
    certain = [one for one in gaining if not any(_contests(other, one) for other in gaining)]
    told = [replace(one, rivalled=any(_copies(other, one) for other in gaining)) for one in certain]
    # Of copies the user may want either; a new name is not guessed where another would do.
    sound = [one for one in told if not (one.rivalled and isinstance(one.renaming, (Replace, Swap)))]
    return _agreeing(sorted(sound, key=lambda alignment: -alignment.gained))


def _agreeing(found: Iterable[Alignment]) -> list[Alignment]:
    """Without those that a better one contradicts, or that do the very same under another name."""
    kept: list[Alignment] = []
    for one in found:
        if not any(one.pairs == other.pairs or _contradicts(other, one) for other in kept):
            kept.append(one)
    return kept


def _contradicts(better: Alignment, worse: Alignment) -> bool:
    """Whether the better one has another place for a tensor, or another tensor for a place."""
    if better.gained == worse.gained:
        return False
    filled = {new: old for old, new in better.pairs.items()}
    return any(better.pairs.get(old, new) != new or filled.get(new, old) != old for old, new in worse.pairs.items())


_GUESSES = (Strip, Add, Replace, Swap)
"""What only shapes and ends of names speak for; a wrapper's name speaks for itself."""


def _contests(other: Alignment, one: Alignment) -> bool:
    """Whether the other has another place for the same tensors and does as well, or speaks for itself and has other
    tensors for the same places."""
    if other is one or other.gained < one.gained or not isinstance(one.renaming, _GUESSES):
        return False
    moved = any(other.landed.get(old, new) != new for old, new in one.landed.items())
    surer = _speaks_for_itself(other) and not _speaks_for_itself(one)
    return moved or (surer and _fills_otherwise(other, one))


def _speaks_for_itself(one: Alignment) -> bool:
    """A wrapper's name does, and a prefix that all keys have."""
    if not isinstance(one.renaming, Strip):
        return not isinstance(one.renaming, _GUESSES)
    return one.of_all or set(one.renaming.prefix.rstrip(".").split(".")) <= WRAPPERS.keys()


def _copies(other: Alignment, one: Alignment) -> bool:
    """Whether the other has other tensors for the same places and does as well."""
    if other is one or other.gained < one.gained or not isinstance(other.renaming, _GUESSES):
        return False
    surer = _speaks_for_itself(one) and not _speaks_for_itself(other)
    return not surer and _fills_otherwise(other, one)


def _fills_otherwise(other: Alignment, one: Alignment) -> bool:
    filled = {new: old for old, new in other.pairs.items()}
    return any(filled.get(new, old) != old for old, new in one.pairs.items())


def _counted(
    renaming: Renaming, missing: Mapping[str, Shape], unexpected: Mapping[str, Shape], kept: frozenset[str]
) -> Alignment | None:
    """None where two keys would become one."""
    pairs = renaming.pairs(unexpected, missing)
    targets = set(pairs.values())
    if len(targets) < len(pairs) or not targets.isdisjoint(kept) or not targets.isdisjoint(unexpected):
        return None
    landed = {old: new for old, new in pairs.items() if new in missing and fits(unexpected[old], missing[new])}
    if isinstance(renaming, Replace) and _fills_little(renaming, len(landed), len(pairs), missing):
        return None
    return Alignment(renaming, pairs, len(landed), landed, len(pairs) == len(unexpected))


def _fills_little(renaming: Replace, landed: int, renamed: int, missing: Mapping[str, Shape]) -> bool:
    """A module that gets no more than half of its tensors, or another that gives no more, is not the same renamed."""
    wanted = sum(key.startswith(renaming.new) for key in missing)
    return landed * 2 <= max(renamed, wanted)


def fits(given: Shape, wanted: Shape) -> bool:
    return given is None or wanted is None or given == wanted


# -- candidates --------------------------------------------------------------------------------------------------


def _wrappings(missing: Mapping[str, Shape], unexpected: Mapping[str, Shape]) -> Iterator[Renaming]:
    """Wrappers below the top; those at the top are prefixes like any other."""
    unwrapped = _wrappers_in(unexpected)
    if unwrapped:
        yield Unwrap(unwrapped)
    wrapped = _wrappers_in(missing)
    if wrapped and len({without(key, wrapped) for key in missing}) == len(missing):
        yield Wrap(wrapped)
    everywhere = _wrappers_in([*missing, *unexpected], 0)
    if _wrappers_in(missing, 0) and _wrappers_in(unexpected, 0) and _are_apart(missing, unexpected, everywhere):
        yield Rewrap(everywhere)


def _are_apart(missing: Iterable[str], unexpected: Iterable[str], wrappers: tuple[str, ...]) -> bool:
    """Whether no two keys of one side are the same without the wrappers."""
    sides = ([without(key, wrappers) for key in side] for side in (missing, unexpected))
    return all(len(set(side)) == len(side) for side in sides)


def _wrappers_in(keys: Iterable[str], first: int = 1) -> tuple[str, ...]:
    """Those among the segments from the `first` on; the last one is a tensor's own name."""
    segments = {part for key in keys for part in key.split(".")[first:-1]}
    return tuple(wrapper for wrapper in WRAPPERS if wrapper in segments)


def _elected(missing: Mapping[str, Shape], unexpected: Mapping[str, Shape]) -> list[Renaming]:
    votes: Counter[tuple[str, str]] = Counter()
    votes.update(("", prefix) for prefix in _prefixes(missing, unexpected))
    votes.update((prefix, "") for prefix in _prefixes(unexpected, missing))
    votes.update(_neighbours(missing, unexpected))
    best = sorted(votes.items(), key=lambda vote: (-vote[1], len(vote[0][0]) + len(vote[0][1])))
    return [_renaming(old, new) for (old, new), _ in best[:_ELECTED]]


def _renaming(old: str, new: str) -> Renaming:
    if not new:
        return Strip(old)
    return Replace(old, new) if old else Add(new)


def _prefixes(longer: Mapping[str, Shape], shorter: Mapping[str, Shape]) -> Iterator[str]:
    """What must be cut off the keys of `longer` to make keys of `shorter`."""
    for key, shape in longer.items():
        at = key.find(".") + 1
        while at:
            rest = key[at:]
            if rest in shorter and fits(shape, shorter[rest]):
                yield key[:at]
            at = key.find(".", at) + 1


def _neighbours(missing: Mapping[str, Shape], unexpected: Mapping[str, Shape]) -> Iterator[tuple[str, str]]:
    """For each unexpected key the prefixes that tell it from missing keys with the longest common end."""
    order = sorted((key.split(".")[::-1], key) for key in missing)
    ends = [end for end, _ in order]
    for key, shape in unexpected.items():
        end = key.split(".")[::-1]
        at = bisect_left(ends, end)
        near = range(max(0, at - _NEIGHBOURS), min(len(ends), at + _NEIGHBOURS))
        lengths = [(_common(end, ends[i]), order[i][1]) for i in near if fits(shape, missing[order[i][1]])]
        longest = max((length for length, _ in lengths), default=0)
        for length, other in lengths:
            if length == longest > 0:
                yield _head(end, length), _head(other.split(".")[::-1], length)


def _swaps(missing: Mapping[str, Shape], unexpected: Mapping[str, Shape]) -> list[Renaming]:
    """For a module's name that differs between keys that are equal otherwise."""
    holes: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for key in missing:
        for before, name, after in _inner(key):
            holes.setdefault((before, after), []).append((name, key))
    votes: Counter[tuple[str, str]] = Counter()
    for key, shape in unexpected.items():
        for before, name, after in _inner(key):
            wanted = holes.get((before, after), ())
            votes.update((name, other) for other, own in wanted if fits(shape, missing[own]))
    return [Swap(old, new) for (old, new), _ in votes.most_common(_ELECTED) if not old.isdigit()]


def _inner(key: str) -> Iterator[tuple[str, str, str]]:
    """Each module name that has others before it, and what stands before and after it."""
    at = key.find(".") + 1
    while at:
        end = key.find(".", at)
        if end < 0:
            return
        yield key[:at], key[at:end], key[end:]
        at = end + 1


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many leading parts are equal."""
    length = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        length += 1
    return length


def _head(end: Sequence[str], length: int) -> str:
    """What stands before the common end, with its dot."""
    return "".join(f"{part}." for part in end[length:][::-1])
