"""Judges cases for real and checks them with one engine, in two batches: the cases' own runs, then the scenarios
that ckpt-lsp chose itself."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ckpt_lsp.config import Settings
from ckpt_lsp.engine import Engine
from ckpt_lsp.types import Document, Loads, Raises, SiteReport

from .case import Case, Run
from .compare import Outcome, Real, Truth
from .judge import Judge


class Bench:
    """One root folder, one judge, one engine over all cases save those that are a workspace of their own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.truths: dict[str, Truth] = {}
        self.reports: dict[str, list[SiteReport]] = {}
        self._judge = Judge()
        self._engine = Engine(root / "projects", Settings())

    def close(self) -> None:
        self._engine.close()
        self._judge.close()

    def outcomes(self, cases: Sequence[Case]) -> dict[str, list[Outcome]]:
        """By the case's name.  Each case is written, made, run and checked once."""
        for case in cases:
            case.write(self.folder(case), self._judge_only(case))
        truths = [Truth(self.folder(c), c.runs, r) for c, r in zip(cases, self.judged(cases), strict=True)]
        reports = [self.checked(case) for case in cases]
        self._judge_scenarios(cases, truths, reports)
        self.truths |= {case.name: truth for case, truth in zip(cases, truths, strict=True)}
        self.reports |= {case.name: found for case, found in zip(cases, reports, strict=True)}
        return {c.name: t.compare(r) for c, t, r in zip(cases, truths, reports, strict=True)}

    def clear(self, cases: Sequence[Case]) -> None:
        """Takes the cases' folders away again."""
        for case in cases:
            shutil.rmtree(self.folder(case))

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
            return self._check(self._engine, case)
        engine = Engine(folder, Settings())
        try:
            return self._check(engine, case)
        finally:
            engine.close()

    def _check(self, engine: Engine, case: Case) -> list[SiteReport]:
        return [report for document in self.documents(case) for report in engine.check(document)]

    def documents(self, case: Case) -> list[Document]:
        folder = self.folder(case)
        return [Document(folder / name, text) for name, text in case.files.items() if name.endswith(".py")]

    def _judge_scenarios(self, cases: Sequence[Case], truths: list[Truth], reports: list[list[SiteReport]]) -> None:
        """What a decided report assumes and the case does not say is run for real as well."""
        wanted: list[tuple[Case, Truth, list[Run]]] = []
        for case, truth, found in zip(cases, truths, reports, strict=True):
            decided = [report for report in found if isinstance(report.verdict, (Loads, Raises))]
            new = {run for run in map(truth.run_of, decided) if run is not None and run not in truth.real}
            if new:
                wanted.append((case, truth, list(new)))
        requests = [self._request(case, "", new) for case, _, new in wanted]
        for (_, truth, new), answers in zip(wanted, self._judge.judge(requests), strict=True):
            truth.real.update(zip(new, answers, strict=True))
