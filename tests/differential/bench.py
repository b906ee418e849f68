"""Judges cases for real and checks them with one engine, in two batches: the cases' own runs, then the scenarios
that ckpt-lsp chose itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ckpt_lsp.config import Settings
from ckpt_lsp.engine import Engine
from ckpt_lsp.types import Document, Loads, Raises, SiteReport

from .case import Case, Run
from .compare import Outcome, Real, compare, run_of
from .judge import Judge


class Bench:
    """One root folder, one judge, one engine over all cases save those that are a workspace of their own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._judge = Judge()
        self._engine = Engine(root / "projects", Settings())

    def close(self) -> None:
        self._engine.close()
        self._judge.close()

    def outcomes(self, cases: Sequence[Case]) -> dict[str, list[Outcome]]:
        """By the case's name.  Each case is written, made, run and checked once."""
        for case in cases:
            case.write(self.folder(case), self._judge_only(case))
        real = dict(zip([c.name for c in cases], self.judged(cases), strict=True))
        reports = {case.name: self.checked(case) for case in cases}
        self._judge_scenarios(cases, reports, real)
        return {c.name: compare(reports[c.name], real[c.name], c.runs, self.folder(c)) for c in cases}

    def folder(self, case: Case) -> Path:
        return self.root / ("alone" if case.own_root else "projects") / case.name

    def _judge_only(self, case: Case) -> Path:
        return self.root / "judge-only" / case.name

    def judged(self, cases: Sequence[Case]) -> list[Real]:
        """Raises ValueError where a case cannot be made or lasts too long."""
        requests = [self._request(case, case.make, case.runs) for case in cases]
        found = []
        for case, answers in zip(cases, self._judge.judge(requests), strict=True):
            for answer in answers:
                if answer["end"]["type"] == "Lost":
                    raise ValueError(f"{case.name}: {answer['end']['text']}")
            found.append(dict(zip(case.runs, answers, strict=True)))
        return found

    def _request(self, case: Case, make: str, runs: Sequence[Run]) -> dict[str, Any]:
        judge_only = self._judge_only(case)
        return {
            "folder": str(self.folder(case)),
            "make": make,
            "make_with": case.make_with,
            "judge_only": str(judge_only) if judge_only.exists() else None,
            "judge_only_make": case.judge_only_make,
            "runs": [asdict(run) for run in runs],
        }

    def checked(self, case: Case) -> list[SiteReport]:
        """The reports on all files of the case."""
        folder = self.folder(case)
        if not case.own_root:
            return self._check(self._engine, case, folder)
        engine = Engine(folder, Settings())
        try:
            return self._check(engine, case, folder)
        finally:
            engine.close()

    def _check(self, engine: Engine, case: Case, folder: Path) -> list[SiteReport]:
        reports: list[SiteReport] = []
        for name, text in case.files.items():
            if name.endswith(".py"):
                reports += engine.check(Document(folder / name, text))
        return reports

    def _judge_scenarios(self, cases: Sequence[Case], reports: dict[str, list[SiteReport]], real: dict[str, Real]) -> None:
        """What a decided report assumes and the case does not say is run for real as well."""
        wanted: list[tuple[Case, list[Run]]] = []
        for case in cases:
            decided = [r for r in reports[case.name] if isinstance(r.verdict, (Loads, Raises))]
            runs = {run_of(report, case.runs, self.folder(case)) for report in decided}
            new = [run for run in runs if run is not None and run not in real[case.name]]
            if new:
                wanted.append((case, new))
        requests = [self._request(case, "", new) for case, new in wanted]
        for (case, new), answers in zip(wanted, self._judge.judge(requests), strict=True):
            real[case.name].update(zip(new, answers, strict=True))
