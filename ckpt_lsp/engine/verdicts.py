"""From the worker's plain results to verdicts."""

from __future__ import annotations

from pathlib import Path

from ..types import Comparison, Entry, Loads, Mismatch, Raised, Raises, Skipped, Span, Unresolved, Verdict
from ..worker.protocol import DryRunResult, Place


def place(path: Path, span: Span) -> Place:
    return Place(str(path), span.line, span.column, span.end_line, span.end_column)


def entries(rows: list[list[object]]) -> tuple[Entry, ...]:
    return tuple(Entry(str(key), None if shape is None else tuple(shape)) for key, shape in rows)  # type: ignore[arg-type]


def checkpoint_source(result: DryRunResult) -> str | None:
    if result.checkpoint is None:
        return None
    return "lock" if result.checkpoint in result.from_lock else "file"


def verdict(result: DryRunResult) -> Verdict:
    comparison = Comparison(
        tuple(result.missing),
        tuple(result.unexpected),
        tuple(Mismatch(key, tuple(given), tuple(own)) for key, given, own in result.mismatched),
    )
    at = _span(result.at)
    if result.status == "loads":
        return Loads(comparison)
    if result.status == "raises":
        error = Raised(result.error_type or "Exception", result.error_message or "")
        return Raises(
            error,
            comparison,
            at,
            result.handled,
            tuple(result.rejected_globals),
            result.refused,
            tuple(result.would_run),
            at_path=_path(result.at),
        )
    if result.status == "skipped":
        return Skipped(result.reason or "nothing to judge")
    return Unresolved(
        result.reason or "the dry run gave no result",
        result.checkpoint_not_found,
        at,
        unreadable=result.refused == "unreadable",
        would_run=tuple(result.would_run),
        checkpoint_unknown=result.checkpoint_unknown,
        at_path=_path(result.at),
    )


def _path(place: Place | None) -> Path | None:
    return None if place is None else Path(place.path)


def _span(place: Place | None) -> Span | None:
    return None if place is None else Span(place.line, place.column, place.end_line, place.end_column)
