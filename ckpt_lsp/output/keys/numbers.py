"""Counts and sizes as people say them: `25.6 M`, `102 MB`."""

from __future__ import annotations

_STEP = 1000


def size(count: int) -> str:
    """Bytes, in units of 1000 as disks and downloads are labelled."""
    number, unit = _scaled(count, ("B", "kB", "MB", "GB", "TB", "PB"))
    return f"{number} {unit}"


def amount(count: int) -> str:
    """Elements: 512, 25.6 k, 1.5 M."""
    number, unit = _scaled(count, ("", "k", "M", "G", "T", "P"))
    return f"{number} {unit}".rstrip()


def plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _scaled(count: int, units: tuple[str, ...]) -> tuple[str, str]:
    """Three digits; the last unit takes all the rest."""
    value, at = float(min(count, 10**300)), 0
    while value >= _STEP - 0.5 and at < len(units) - 1:
        value, at = value / _STEP, at + 1
    if not at:
        return str(count), units[0]
    return (f"{value:.0f}" if value >= 100 else f"{value:.3g}"), units[at]
