"""Holds what ckpt-lsp says of a load site against what the real run of the same program showed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ckpt_lsp.types import Loads, Mismatch, Raised, Raises, SiteReport, Skipped, Unresolved

from .case import Run

Row = dict[str, Any]
Real = dict[Run, Row]
"""What the judge saw: `rows`, `end` and `files` of each run."""

CHECKPOINTS = (".pth", ".pt", ".ckpt", ".bin", ".safetensors", ".tar", ".pkl", ".th", ".model")


@dataclass(frozen=True)
class Outcome:
    """The comparison's word on one load site."""

    place: str
    kind: str
    """"agrees", "unresolved" or "wrong"."""
    what: str
    """For unresolved the reason, for wrong the difference."""


Place = tuple[str, int, int]


def place_of(report: SiteReport, folder: Path) -> Place:
    span = report.site.span
    return (report.site.path.relative_to(folder).as_posix(), span.line, span.column)


def row_place(row: Row, folder: Path) -> Place:
    """The judge counts columns in bytes from 0."""
    line, column = row["span"][:2]
    text = (folder / row["path"]).read_bytes().splitlines()[line - 1]
    return (row["path"], line, len(text[:column].decode("utf-8")) + 1)


def run_of(report: SiteReport, runs: Sequence[Run], folder: Path) -> Run | None:
    """The run that a report speaks of: that of the script its scenario names, with its arguments and folder."""
    named = re.match(r"(\S+\.py):\d+", report.scenario.source)
    own = report.site.path.relative_to(folder).as_posix()
    scripts = [run for run in runs if (Path(run.script).name == named.group(1) if named else run.script == own)]
    if not scripts:
        return None
    try:
        cwd = report.scenario.cwd.relative_to(folder).as_posix()
    except ValueError:
        return None
    return Run(scripts[0].script, report.scenario.argv, cwd, scripts[0].module)


def compare(reports: Sequence[SiteReport], real: Real, runs: Sequence[Run], folder: Path) -> list[Outcome]:
    """`real` holds at least the case's own `runs`, and all that the reports speak of."""
    of_place: dict[Place, list[SiteReport]] = {}
    for report in reports:
        of_place.setdefault(place_of(report, folder), []).append(report)
    for run in runs:
        for row in real[run]["rows"]:
            if row["is_module"]:
                of_place.setdefault(row_place(row, folder), [])
    return [_of_site(place, of_place[place], real, runs, folder) for place in sorted(of_place)]


def _of_site(place: Place, reports: list[SiteReport], real: Real, runs: Sequence[Run], folder: Path) -> Outcome:
    name = f"{place[0]}:{place[1]}"
    decided = [report for report in reports if isinstance(report.verdict, (Loads, Raises))]
    differences = [_difference(report, place, real, runs, folder) for report in decided]
    wrong = [difference for difference in differences if difference]
    if wrong:
        return Outcome(name, "wrong", "\n".join(wrong))
    missed = [run for run in runs if _expects(run, place, real[run], folder) and not _told(run, place, reports, real, folder)]
    if not missed:
        return Outcome(name, "agrees", "")
    rows = _rows(place, real[missed[0]], folder)
    was = _said(rows) if rows else f"the program ends with {real[missed[0]]['end']['type']}"
    silent = [r for r in reports if isinstance(r.verdict, (Unresolved, Skipped))]
    if silent:
        kind, verdict = type(silent[0].verdict).__name__, silent[0].verdict
        return Outcome(name, "unresolved", f"{kind}: {verdict.reason}")  # type: ignore[union-attr]
    if decided:
        return Outcome(name, "wrong", f"nothing is said of {missed[0]}, where {was}")
    return Outcome(name, "unresolved", f"no report, where {was}")


def _rows(place: Place, run: Row, folder: Path) -> list[Row]:
    return [row for row in run["rows"] if row_place(row, folder) == place]


def _later(place: Place, run: Row, folder: Path) -> list[Row]:
    """What the site would show if the ones before it had not ended the program."""
    return [row for row in run["later"] if row_place(row, folder) == place]


def _deciding(rows: list[Row]) -> Row:
    """A site that is passed several times is known by its first failure."""
    return next((row for row in rows if row["type"]), rows[-1])


def _said(rows: list[Row]) -> str:
    row = _deciding(rows)
    return f"torch raises {row['type']}: {row['text']!r}" if row["type"] else "torch loads"


def _expects(run: Run, place: Place, real: Row, folder: Path) -> bool:
    """Whether this run shows something about the site that is to be said."""
    rows = _rows(place, real, folder)
    if rows:
        return rows[-1]["is_module"]
    return _ends_early(real)


def _ends_early(real: Row) -> bool:
    """The program ends before the call in a way that is a verdict on the checkpoint."""
    return real["end"]["type"] in ("KeyError", "UnpicklingError")


def _told(run: Run, place: Place, reports: list[SiteReport], real: Real, folder: Path) -> bool:
    """Whether one of the reports, all of which are right, says what this run showed."""
    own = _comparable(place, real[run], folder)
    for report in reports:
        if isinstance(report.verdict, (Loads, Raises)):
            spoken = run_of(report, list(real), folder)
            if spoken == run or (spoken in real and _comparable(place, real[spoken], folder) == own):
                return True
    return False


def _comparable(place: Place, real: Row, folder: Path) -> Any:
    rows = _rows(place, real, folder)
    if not rows:
        return real["end"]
    row = _deciding(rows)
    return [row[name] for name in ("type", "text", "missing", "unexpected", "mismatched", "model")]


# -- a decided report ----------------------------------------------------------------------------------------------


def _difference(report: SiteReport, place: Place, real: Real, runs: Sequence[Run], folder: Path) -> str | None:
    run = run_of(report, runs, folder)
    if run is None or run not in real:
        return f"speaks of a program that is none of the case's: {report.scenario}"
    rows = _rows(place, real[run], folder) or _later(place, real[run], folder)
    verdict = report.verdict
    if isinstance(verdict, Raises) and verdict.at is not None and _is_end(verdict, real[run]["end"]):
        return None
    if not rows:
        return _not_reached(report, real[run]["end"])
    row = _deciding(rows)
    return "; ".join(_differences(report, row, real[run])) or None


def _is_end(verdict: Raises, end: Row) -> bool:
    assert verdict.at is not None
    return (verdict.error.type, verdict.error.message, verdict.at.line) == (end["type"], end["text"], end["line"])


def _not_reached(report: SiteReport, end: Row) -> str:
    ours = report.verdict
    return f"not reached: the program ends with {end}, but ckpt-lsp says {ours}"


def _differences(report: SiteReport, row: Row, real: Row) -> list[str]:
    verdict = report.verdict
    assert isinstance(verdict, (Loads, Raises))
    ours = Raised("", "") if isinstance(verdict, Loads) else verdict.error
    pairs: list[tuple[str, Any, Any]] = [
        ("type", ours.type, row["type"] or ""),
        ("text", ours.message, row["text"] or ""),
        ("missing", list(verdict.comparison.missing), row["missing"]),
        ("unexpected", list(verdict.comparison.unexpected), row["unexpected"]),
        ("mismatched", list(verdict.comparison.mismatched), [_mismatch(*entry) for entry in row["mismatched"]]),
        ("model", (report.model or "").split(".")[-1], row["model"]),
        ("strict", report.strict, row["strict"]),
    ]
    if isinstance(verdict, Raises) and verdict.at is None:
        ended = (row["type"], row["text"]) == (real["end"]["type"], real["end"]["text"])
        pairs.append(("handled", verdict.handled, not ended))
    files = [name for name in real["files"] if name.endswith(CHECKPOINTS)]
    if len(files) == 1 and report.checkpoint is not None:
        pairs.append(("checkpoint", report.checkpoint.name, Path(files[0]).name))
    return [f"{name}: ckpt-lsp {ours!r}, torch {theirs!r}" for name, ours, theirs in pairs if ours != theirs]


def _mismatch(key: str, given: list[int], own: list[int]) -> Mismatch:
    return Mismatch(key, tuple(given), tuple(own))
