"""The hints of a document that cannot be followed, told beside its load sites."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ..config import Settings
from ..diagnosis import bad_hint
from ..source.hints import HintedPath, hinted_paths, problems
from ..types import Document, Finding, SiteReport


def with_bad_hints(
    document: Document, reports: Sequence[SiteReport], root: Path, settings: Settings
) -> list[SiteReport]:
    """The reports, with a finding for each such hint on that of the next load site."""
    found = list(reports)
    for finding in settings.graded(_findings(document, reports, root) if reports else ()):
        at = next((i for i, r in enumerate(found) if r.site.span.end_line >= finding.span.line), len(found) - 1)
        found[at] = replace(found[at], findings=(*found[at].findings, finding))
    return found


def _findings(document: Document, reports: Sequence[SiteReport], root: Path) -> Iterator[Finding]:
    spans = tuple(dict.fromkeys(report.site.span for report in reports))
    for problem in problems(document.text, spans):
        yield bad_hint(document.path, problem.span, problem.text)
    folders = _folders(document.path, reports, root)
    for hinted in hinted_paths(document.text):
        if not _is_there(hinted, folders):
            yield bad_hint(document.path, hinted.span, _not_there(hinted, document.path, root))


def _folders(path: Path, reports: Sequence[SiteReport], root: Path) -> list[Path]:
    """From which a hint's path may be meant: more than those from which it is followed, so that none is accused that
    another scenario follows."""
    above = [folder for folder in path.parents if folder == root or root in folder.parents]
    return [*dict.fromkeys([root, path.parent, *above, *(report.scenario.cwd for report in reports)])]


def _is_there(hinted: HintedPath, folders: Sequence[Path]) -> bool:
    places = [folder / hinted.path for folder in folders]
    return any(place.is_dir() if hinted.word == "cwd" else place.exists() for place in places)


def _not_there(hinted: HintedPath, path: Path, root: Path) -> str:
    kind = "folder" if hinted.word == "cwd" else "file"
    seen_from = "the workspace" if path.parent == root else "the workspace or from this file"
    return f"there is no {kind} {hinted.path}, seen from {seen_from}; correct the path, or remove the hint"
