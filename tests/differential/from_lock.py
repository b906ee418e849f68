"""Cases with their checkpoints gone and a lock in their place: what is then said of them, and what is left open."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ckpt_lsp.config import Settings
from ckpt_lsp.engine import Engine
from ckpt_lsp.engine.locking import record
from ckpt_lsp.project.cache import Results
from ckpt_lsp.project.lock import Lock, parse, write
from ckpt_lsp.types import Fix, Leftover, Loads, Raises, SiteReport, Unresolved

from .bench import Bench
from .case import Case

Reports = dict[str, list[SiteReport]]
Pair = tuple[SiteReport, SiteReport]
"""What is said of a site with the file, and without it."""

_NOT_IN_THE_LOCK = re.compile(
    r"the lock does not hold|not in the lock|which is not here|FileNotFoundError: No such file or directory"
)


def judged(bench: Bench, cases: Sequence[Case]) -> Reports:
    """By locks that went through their texts."""
    roots: dict[Path, list[Case]] = {}
    for case in cases:
        roots.setdefault(bench.folder(case) if case.own_root else bench.root / "projects", []).append(case)
    return {name: found for root, inside in roots.items() for name, found in _of_one_root(bench, root, inside).items()}


def _of_one_root(bench: Bench, root: Path, cases: Sequence[Case]) -> Reports:
    engine = Engine(root, Settings())
    try:
        found = record(engine, [document for case in cases for document in bench.documents(case)])
        lock = parse(write(Lock().with_entries(found.entries, found.folders)))
        engine.results, engine.tries_edits = Results(), True
        engine.locked.assume(lock)
        with _without(root, lock):
            return {
                case.name: [report for document in bench.documents(case) for report in engine.check(document)]
                for case in cases
            }
    finally:
        engine.close()


@contextmanager
def _without(root: Path, lock: Lock) -> Iterator[None]:
    """With the files gone that the lock has a record of."""
    away = root.parent / f"away-{root.name}"
    away.mkdir()
    moved = {root / one.path: away / str(number) for number, one in enumerate(lock.entries)}
    for here, there in moved.items():
        here.rename(there)
    try:
        yield
    finally:
        for here, there in moved.items():
            there.rename(here)


def pairs(of_file: Sequence[SiteReport], of_lock: Sequence[SiteReport]) -> Iterator[Pair]:
    """Of each site and scenario that the file decides."""
    for one in of_file:
        if isinstance(one.verdict, (Loads, Raises)):
            alike = [other for other in of_lock if other.site == one.site]
            same = [other for other in alike if other.scenario == one.scenario]
            yield one, (same or alike)[0]


def is_open(report: SiteReport) -> bool:
    """Whether it is left open for want of something that a lock does not keep, objects above all."""
    verdict = report.verdict
    return isinstance(verdict, Unresolved) and bool(_NOT_IN_THE_LOCK.search(verdict.reason))


def said(report: SiteReport) -> tuple[object, ...]:
    """Save for what is said of other files of the workspace, which fit or not: they are not here either."""
    verdict = (report.verdict, report.model, report.checkpoint, report.strict)
    findings = [(f.rule, f.severity, _own_lines(f.message), _own_fixes(f.fixes)) for f in report.findings]
    return (*verdict, report.model_entries, report.checkpoint_entries, report.renamed, findings)


def _own_lines(message: str) -> list[str]:
    return [line for line in message.splitlines() if " fits all " not in line]


def _own_fixes(fixes: Sequence[Fix]) -> list[tuple[str, Leftover]]:
    return [(fix.title, fix.leftover) for fix in fixes if not fix.title.startswith("Load ")]
