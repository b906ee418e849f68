"""`ckpt-lsp lock`: records the checkpoints that load sites reach, for where they are not."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ckpt_lsp.cli.projects import Project, Unusable, absolute, projects
from ckpt_lsp.engine import Engine, EngineUnavailable
from ckpt_lsp.engine.locking import Locking, record
from ckpt_lsp.output.excerpt import printable
from ckpt_lsp.project.files import workspace_root
from ckpt_lsp.project.lock import NAME, Lock, LockError, LockFile, write
from ckpt_lsp.worker.checkpoint.errors import CheckpointError

LONGEST_DIFF = 60
"""Lines; what is beyond is counted."""


@dataclass(frozen=True)
class Locked:
    """What was done, or would be."""

    lines: tuple[str, ...]
    """For a person."""
    changed: bool
    incomplete: bool
    """A file that may hold load sites could not be checked."""


def lock(paths: Sequence[Path], flags: Mapping[str, Any], check: bool = False, prune: bool = False) -> Locked:
    """Brings the locks of all projects that the paths belong to up to date; with `check` nothing is written.

    Raises ConfigError and Unusable."""
    named = [absolute(path) for path in paths]
    done = [_Update(project, check).of_load_sites(prune, project.root in named) for project in projects(named, flags)]
    return Locked(
        tuple(line for one in done for line in one.lines),
        any(one.changed for one in done),
        any(one.incomplete for one in done),
    )


def lock_as(files: Sequence[Path], place: Path, flags: Mapping[str, Any], check: bool = False) -> Locked:
    """Records the files under the name `place` in the project that the working directory belongs to; several under
    their own names in the folder `place`.

    Raises ConfigError and Unusable."""
    target = absolute(place)
    root = workspace_root(Path.cwd())
    (project,) = projects([root], flags)
    several = len(files) > 1
    given = {_inside(root, target / file.name if several else target): absolute(file) for file in files}
    return _Update(project, check).of_files(given)


def _inside(root: Path, path: Path) -> str:
    if not path.is_relative_to(root) or path == root:
        raise Unusable(f"--as: {path} is no path below {root}, where {NAME} lies; name one as the program does")
    if path.exists():
        raise Unusable(f"--as: {path} is there itself; run `ckpt-lsp lock` without --as to record it")
    return path.relative_to(root).as_posix()


class _Update:
    """Of the lock of one project."""

    def __init__(self, project: Project, check: bool) -> None:
        self._project = project
        self._only_check = check
        self._file = LockFile(project.root)
        try:
            self._before = self._file.read()
            self._text = self._file.text()
        except LockError as error:
            raise Unusable(f"{self._file.path}: {error}") from None

    def of_load_sites(self, prune: bool, whole: bool) -> Locked:
        if prune and (not whole or self._project.problems):
            why = "a file cannot be read" if whole else f"name {self._project.root}"
            raise Unusable(f"--prune: what no load site reaches is known only once all are checked; {why}")
        found = self._recorded({})
        after = self._before.with_entries(found.entries, found.folders)
        idle = [one.path for one in after.entries if one.path not in found.reached]
        if prune and not found.problems:
            after = _without(after, idle)
        return self._told(after, found, [*_kept(self._project.root, after, idle if whole and not prune else [])])

    def of_files(self, given: Mapping[str, Path]) -> Locked:
        found = self._recorded(given)
        notes = [f"{path}: no load site reaches it" for path in given if path not in found.reached]
        return self._told(self._before.with_entries(found.entries, found.folders), found, notes)

    def _recorded(self, given: Mapping[str, Path]) -> Locking:
        try:
            with closing(Engine(self._project.root, self._project.settings)) as engine:
                return record(engine, self._project.documents.values(), given)
        except EngineUnavailable as error:
            raise Unusable(str(error)) from None
        except CheckpointError as error:
            raise Unusable(printable(str(error))) from None
        except OSError as error:
            raise Unusable(f"{error.filename}: {error.strerror}") from None

    def _told(self, after: Lock, found: Locking, notes: Sequence[str]) -> Locked:
        before, text = self._text, write(after) if after != Lock() or self._text else ""
        changed = text != before
        if changed and not self._only_check:
            self._write(after)
        problems = {**self._project.problems, **{problem.path: problem for problem in found.problems}}
        lines = [
            *(printable(f"{problem.path}: {problem.message}") for problem in problems.values()),
            *(printable(note) for note in (*found.notes, *notes)),
            *(_diff(before, text) if changed and self._only_check else ()),
            self._summary(after, changed),
        ]
        return Locked(tuple(lines), changed, bool(problems))

    def _write(self, after: Lock) -> None:
        try:
            self._file.write(after)
        except OSError as error:
            raise Unusable(f"{self._file.path}: cannot be written: {error.strerror}") from None

    def _summary(self, after: Lock, changed: bool) -> str:
        old, new = ({one.path: one for one in lock.entries} for lock in (self._before, after))
        counts = {
            "new": len(new.keys() - old.keys()),
            "changed": sum(one != old[path] for path, one in new.items() if path in old),
            "removed": len(old.keys() - new.keys()),
            "unchanged": sum(one == old.get(path) for path, one in new.items()),
        }
        told = ", ".join(f"{count} {word}" for word, count in counts.items() if count) or "nothing to record"
        if self._only_check and changed:
            return f"{NAME} would change ({told}); run `ckpt-lsp lock` and commit it"
        return f"{NAME}: {told}"


def _without(lock: Lock, paths: Collection[str]) -> Lock:
    """And without the folders in which then nothing is left."""
    entries = tuple(one for one in lock.entries if one.path not in paths)
    held = {one.path.rpartition("/")[0] or "." for one in entries}
    return Lock(entries, tuple(one for one in lock.folders if one.path in held))


def _kept(root: Path, lock: Lock, idle: Collection[str]) -> Iterator[str]:
    for one in lock.entries:
        if one.path in idle:
            yield f"{one.path}: kept, though no load site reaches it; `ckpt-lsp lock --prune` takes it out"
        elif not (root / one.path).exists():
            yield f"{one.path}: kept as it was recorded, since the file is not here"


def _diff(before: str, after: str) -> Iterator[str]:
    texts = before.splitlines(), after.splitlines()
    lines = [printable(line) for line in difflib.unified_diff(*texts, NAME, f"{NAME}, as it would be", lineterm="")]
    yield from lines[:LONGEST_DIFF]
    if len(lines) > LONGEST_DIFF:
        yield f"… and {len(lines) - LONGEST_DIFF} lines more"
