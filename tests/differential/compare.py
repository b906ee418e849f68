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
"""What the judge saw: `rows`, `end`, `files` and `later` of each run."""

Place = tuple[str, int, int]
"""Path below the folder, line, column."""

CHECKPOINTS = (".pth", ".pt", ".ckpt", ".bin", ".safetensors", ".tar", ".pkl", ".th", ".model")
VERDICTS = ("KeyError", "UnpicklingError")
"""A program that ends in one of these before the call has shown something that is to be said."""


@dataclass(frozen=True)
class Outcome:
    """The comparison's word on one load site."""

    place: str
    kind: str
    """"agrees", "unresolved" or "wrong"."""
    what: str
    """For unresolved the reason, for wrong the difference."""


@dataclass(frozen=True)
class Truth:
    """The real runs of one project: its own and those of the scenarios that ckpt-lsp chose."""

    folder: Path
    runs: Sequence[Run]
    real: Real

    def compare(self, reports: Sequence[SiteReport]) -> list[Outcome]:
        """One outcome per load site that is reported or was reached."""
        of_place: dict[Place, list[SiteReport]] = {}
        for report in reports:
            of_place.setdefault(self._place(report), []).append(report)
        for run in self.runs:
            for row in self.real[run]["rows"]:
                if row["is_module"]:
                    of_place.setdefault(self._row_place(row), [])
        return [self._site(place, of_place[place]) for place in sorted(of_place)]

    def run_of(self, report: SiteReport) -> Run | None:
        """The run that a report speaks of: of the script its scenario names, with its arguments and folder."""
        named = re.match(r"(\S+\.py):\d+", report.scenario.source)
        own = self._place(report)[0]
        scripts = [r for r in self.runs if (Path(r.script).name == named.group(1) if named else r.script == own)]
        if not scripts or not report.scenario.cwd.is_relative_to(self.folder):
            return None
        cwd = report.scenario.cwd.relative_to(self.folder).as_posix()
        gpus = re.search(r"on a machine with (\d) GPU", report.scenario.source)
        count = int(gpus.group(1)) if gpus else 0
        return Run(scripts[0].script, report.scenario.argv, cwd, scripts[0].module, count)

    # -- places ------------------------------------------------------------------------------------------------

    def _place(self, report: SiteReport) -> Place:
        span = report.site.span
        return (report.site.path.relative_to(self.folder).as_posix(), span.line, span.column)

    def _row_place(self, row: Row) -> Place:
        """The judge counts columns in bytes from 0."""
        line, column = row["span"][:2]
        text = (self.folder / row["path"]).read_bytes().splitlines()[line - 1]
        return (row["path"], line, len(text[:column].decode("utf-8")) + 1)

    def _rows(self, place: Place, run: Run, which: str = "rows") -> list[Row]:
        return [row for row in self.real[run][which] if self._row_place(row) == place]

    # -- one site ----------------------------------------------------------------------------------------------

    def _site(self, place: Place, reports: list[SiteReport]) -> Outcome:
        name = f"{place[0]}:{place[1]}"
        decided = [report for report in reports if isinstance(report.verdict, (Loads, Raises))]
        wrong = list(filter(None, (self._difference(report, place) for report in decided)))
        if wrong:
            return Outcome(name, "wrong", "\n".join(wrong))
        missed = [r for r in self.runs if self._shows_something(r, place) and not self._told(r, place, decided)]
        if not missed:
            return Outcome(name, "agrees", "")
        silent = [r.verdict for r in reports if isinstance(r.verdict, (Unresolved, Skipped))]
        if silent:
            return Outcome(name, "unresolved", f"{type(silent[0]).__name__}: {silent[0].reason}")
        what = f"nothing is said of {missed[0]}, where {self._shown(missed[0], place)}"
        return Outcome(name, "wrong" if decided else "unresolved", what)

    def _shows_something(self, run: Run, place: Place) -> bool:
        rows = self._rows(place, run)
        return bool(rows[-1]["is_module"]) if rows else self.real[run]["end"]["type"] in VERDICTS

    def _told(self, run: Run, place: Place, decided: list[SiteReport]) -> bool:
        """Whether one of the reports, all of which are right, says what this run showed.

        Of several scripts those that load need not be named beside one that raises."""
        rows = self._rows(place, run)
        if rows and not _deciding(rows)["type"] and any(isinstance(report.verdict, Raises) for report in decided):
            return True
        spoken = [self.run_of(report) for report in decided]
        shown = self._shown(run, place)
        return any(other is not None and self._shown(other, place) == shown for other in spoken)

    def _shown(self, run: Run, place: Place) -> str:
        rows = self._rows(place, run)
        if not rows:
            return f"the program ends with {self.real[run]['end']}"
        row = _deciding(rows)
        return str([row[name] for name in ("type", "text", "missing", "unexpected", "mismatched", "model")])

    # -- one decided report ------------------------------------------------------------------------------------

    def _difference(self, report: SiteReport, place: Place) -> str | None:
        run = self.run_of(report)
        if run is None or run not in self.real:
            return f"speaks of a program that is none of the project's: {report.scenario}"
        end = self.real[run]["end"]
        if _is_end(report, end):
            return None
        rows = self._rows(place, run) or self._rows(place, run, "later")
        if not rows:
            return f"not reached, the program ends with {end}; ckpt-lsp says {report.verdict}"
        return "; ".join(_differences(report, _deciding(rows), self.real[run])) or None


def _deciding(rows: list[Row]) -> Row:
    """A site that is passed several times is known by its first failure."""
    return next((row for row in rows if row["type"]), rows[-1])


def _is_end(report: SiteReport, end: Row) -> bool:
    verdict = report.verdict
    if not isinstance(verdict, Raises) or verdict.at is None:
        return False
    return (verdict.error.type, verdict.error.message, verdict.at.line) == (end["type"], end["text"], end["line"])


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
    if isinstance(verdict, Raises) and verdict.at is None and row in real["rows"]:
        told = real["end"]["type"] == "SystemExit" and real["end"]["text"] not in ("0", "None")  # hydra prints it
        ended = told or (row["type"], row["text"]) == (real["end"]["type"], real["end"]["text"])
        pairs.append(("handled", verdict.handled, not ended))
    files = [name for name in real["files"] if name.endswith(CHECKPOINTS)]
    if len(files) == 1 and report.checkpoint is not None:
        pairs.append(("checkpoint", report.checkpoint.name, Path(files[0]).name))
    return [f"{name}: ckpt-lsp {ours!r}, torch {theirs!r}" for name, ours, theirs in pairs if ours != theirs]


def _mismatch(key: str, given: list[int], own: list[int]) -> Mismatch:
    return Mismatch(key, tuple(given), tuple(own))
