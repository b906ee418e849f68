"""Many keys in few words, none lost: `fc.{weight, bias}`, `layers.{0–11}.attn.qkv.weight`.

A term is a key whose segments may be a choice in braces: names, numbers, ranges of numbers.  Written out, the
terms give exactly the keys that went in.  Whatever could be taken for this notation, reorder a line or move a
cursor is escaped as in a Python string, so what is shown is safe everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Pattern = tuple[tuple[str, ...], ...]
"""For each segment the names it may have."""

_MARKS = frozenset("{},\\'`\" ")
_EMPTY = "''"
_SHORTEST_RANGE = 3
_LONGEST_NUMBER = 9


def group(keys: Iterable[str]) -> list[str]:
    """Terms in the order in which their first keys come; a repeated key counts once."""
    patterns: list[Pattern] = [tuple((part,) for part in key.split(".")) for key in dict.fromkeys(keys)]
    for position in range(max(map(len, patterns), default=0)):
        patterns = _merged(patterns, position)
    return [_term(pattern) for pattern in patterns]


def _merged(patterns: Sequence[Pattern], from_end: int) -> list[Pattern]:
    """Patterns that differ in one segment only, counted from the end, become one."""
    found: dict[tuple[Pattern, Pattern | None], list[str]] = {}
    for pattern in patterns:
        at = len(pattern) - 1 - from_end
        if at < 0:
            found[pattern, None] = []
        else:
            found.setdefault((pattern[:at], pattern[at + 1 :]), []).extend(pattern[at])
    return [before if after is None else (*before, tuple(names), *after) for (before, after), names in found.items()]


def _term(pattern: Pattern) -> str:
    if pattern == (("",),):
        return _EMPTY
    return ".".join(_segment(names) for names in pattern)


def _segment(names: tuple[str, ...]) -> str:
    if len(names) == 1:
        return escape(names[0])
    stem = _common_stem(names)
    numbers = sorted(int(name[len(stem) :]) for name in names if _is_number(name[len(stem) :]))
    others = [escape(name) or _EMPTY for name in names if not _is_number(name[len(stem) :])]
    return escape(stem) + "{" + ", ".join([*_ranges(numbers), *others]) + "}"


def _common_stem(names: tuple[str, ...]) -> str:
    """`layer` of `layer1`, `layer2`: what all have before a number; nothing if they have not."""
    stem = names[0].rstrip("0123456789")
    alike = all(name.startswith(stem) and _is_number(name[len(stem) :]) for name in names)
    return stem if alike else ""


def _is_number(name: str) -> bool:
    return name.isascii() and name.isdigit() and (name == "0" or name[0] != "0") and len(name) <= _LONGEST_NUMBER


def _ranges(numbers: Sequence[int]) -> list[str]:
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return [part for run in runs for part in _run(run)]


def _run(run: Sequence[int]) -> list[str]:
    if len(run) < _SHORTEST_RANGE:
        return [str(number) for number in run]
    return [f"{run[0]}–{run[-1]}"]


def escape(name: str) -> str:
    """Printable ASCII that holds none of the marks of this notation."""
    return "".join(_escaped(character) for character in name)


def readable(path: str) -> str:
    """A path as the program says it, with nothing in it that an editor or terminal obeys."""
    return "".join(character if character.isprintable() else _in_hex(character) for character in path)


def _escaped(character: str) -> str:
    plain = " " < character <= "~" and character not in _MARKS
    return character if plain else _in_hex(character)


def _in_hex(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
