"""Keys folded without loss, not even of their order: neighbours that look alike share a line, `layers.{0-11}:`.

A label is read as loops, the outer ones first: `{a, b}.{0-1}` is a.0, a.1, b.0, b.1.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .reduce import WORD

_SHORTEST_RANGE = 3
_LONGEST_NUMBER = 9
_MOST_SEGMENTS = 100
MOST = 1_000_000
"""Keys of one lock."""
_TOKEN = re.compile(
    r'(?P<range>(\d{1,9})-(\d{1,9}))|(?P<word>[A-Za-z0-9_]+)|(?P<text>"(?:[^"\\]|\\.)*")|(?P<other>\([^()"]*\))'
)

Part = str
"""A segment as it is written: a bare word, a JSON string, or another scalar in parentheses."""


@dataclass(frozen=True)
class Folded:
    """What is written as one line, and the lines indented below it."""

    names: tuple[Part, ...]
    look: object
    """What is right there; None where there is nothing, as at a module."""
    below: tuple[Folded, ...] = ()


def fold(entries: Sequence[tuple[tuple[Part, ...], object]]) -> tuple[Folded, ...]:
    """`entries` are keys by segment, and what they look like: equal texts are folded, anything else stays alone."""
    found: list[Folded] = []
    at = 0
    while at < len(entries):
        (name, *deeper), look = entries[at]
        first = end = at if deeper else at + 1
        while end < len(entries) and (deeper or isinstance(look, str)) and _goes_on(entries[end][0], name):
            end += 1
        below = fold([(segments[1:], inner) for segments, inner in entries[first:end]])
        one = Folded((name,), None if deeper else look, below)
        if found and (found[-1].look, found[-1].below) == (one.look, one.below):
            one = Folded((*found.pop().names, name), one.look, one.below)
        found.append(one)
        at = end
    return tuple(found)


def _goes_on(segments: Sequence[Part], name: Part) -> bool:
    return len(segments) > 1 and segments[0] == name


# -- labels ---------------------------------------------------------------------------------------------------


def part(segment: str) -> Part:
    return segment if WORD.fullmatch(segment) else json.dumps(segment)


def label(names: Sequence[Part]) -> str:
    """One segment of a label."""
    return names[0] if len(names) == 1 else "{" + ", ".join(_alternatives(names)) + "}"


def _alternatives(names: Sequence[Part]) -> Iterator[str]:
    """Three or more numbers in a row become a range."""
    for _, run in itertools.groupby(enumerate(names), lambda pair: _number(pair[1], pair[0])):
        part_names = [name for _, name in run]
        if len(part_names) >= _SHORTEST_RANGE:
            yield f"{part_names[0]}-{part_names[-1]}"
        else:
            yield from part_names


def _number(name: Part, at: int) -> object:
    """The same for numbers that follow each other."""
    number = name.isascii() and name.isdigit() and len(name) <= _LONGEST_NUMBER and str(int(name)) == name
    return int(name) - at if number else (at, name)


def read_label(text: str) -> tuple[list[list[Part]], str]:
    """For each segment its names, and what follows the colon.  Raises ValueError."""
    segments: list[list[Part]] = []
    at = 0
    while len(segments) < _MOST_SEGMENTS:
        names, at = _read_segment(text, at)
        segments.append(names)
        if text[at : at + 1] == ":":
            return segments, text[at + 1 :].strip()
        if text[at : at + 1] != ".":
            raise ValueError("a label ends with a colon")
        at += 1
    raise ValueError("a label is too long")


def _read_segment(text: str, at: int) -> tuple[list[Part], int]:
    if text[at : at + 1] != "{":
        return _read_name(text, at, alone=True)
    names: list[Part] = []
    while True:
        more, at = _read_name(text, at + 1, alone=False)
        names += more
        if len(names) > MOST:
            raise ValueError("a range is too long")
        if text[at : at + 1] == "}":
            return names, at + 1
        if text[at : at + 2] != ", ":
            raise ValueError("names in braces are separated by commas")
        at += 1


def _read_name(text: str, at: int, alone: bool) -> tuple[list[Part], int]:
    found = _TOKEN.match(text, at)
    if found is None or (alone and found["range"]):
        raise ValueError("a name is expected")
    if not found["range"]:
        return [found[0]], found.end()
    first, last = int(found[2]), int(found[3])
    if last - first >= MOST:
        raise ValueError("a range is too long")
    return [str(number) for number in range(first, last + 1)], found.end()
