"""What a lock has to hold of a workspace: the checkpoints that its load sites reach, and of each the least.

Which values of a checkpoint are needed is found by trial: every dry run is repeated with nothing but the record, and
what it lacks is added until it says what it said of the file.  So each entry is proven before it is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..project.cache import Remembered, Results
from ..project.lock import UNRECORDED, Entry, Folder, entry, folder
from ..project.lock.reduce import held
from ..sandbox import WorkerUnavailable
from ..sandbox.reading import read_confined
from ..types import Document, FileProblem
from ..worker.checkpoint.errors import CheckpointError
from ..worker.checkpoint.records import DictOf, ListOf, Record, Ref, TupleOf, Value
from ..worker.protocol import DryRunJob, DryRunResult
from .engine import Engine
from .errors import EngineUnavailable, SourceError
from .locked import absolute, relative

MOST_RUNS = 200
"""Of one scenario; each adds a value."""

MOST_INSIDE = 1000
"""Values of a container, names of a folder: what holds more is not opened."""

_SAYS = (
    "status error_type error_message handled missing unexpected mismatched model strict at checkpoint model_entries "
    "checkpoint_entries rejected_globals refused renamed always_clean"
).split()
"""The fields of a result that verdicts, messages and fixes are made of."""

Keys = tuple[Any, ...]


@dataclass(frozen=True)
class Locking:
    """What was found."""

    entries: tuple[Entry, ...]
    """Of the files that are here, or were given."""
    folders: tuple[Folder, ...]
    reached: frozenset[str]
    """Paths, as the lock names them, of all checkpoints that some load site reads, here or not."""
    notes: tuple[str, ...]
    """What the user should know, a sentence each."""
    problems: tuple[FileProblem, ...]


def record(engine: Engine, documents: Iterable[Document], given: Mapping[str, Path] = {}) -> Locking:
    """Checks the documents and records the checkpoints they load.

    `given` are files that stand for a path of the lock, whatever lies there; then only they are recorded.  Raises
    EngineUnavailable, and CheckpointError and OSError for a given file that cannot be read."""
    work = _Work(engine)
    for path, file in given.items():
        work.give(path, file)
    for document in documents:
        work.check(document)
    return work.done(given)


class _Noted(Results):
    """Keeps every run."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: list[tuple[DryRunJob, DryRunResult]] = []

    def put(self, job: DryRunJob, result: DryRunResult) -> Remembered:
        if result.lacking[:1] != ["record"] and result.try_rung is None:
            self.runs.append((job, result))
        return super().put(job, result)


@dataclass
class _Draft:
    """An entry in the making."""

    path: str
    record: Record
    read: set[Keys] = field(default_factory=set)
    withheld: bool = False

    def entry(self) -> Entry:
        return entry(self.path, self.record, self.read)

    def add(self, keys: Keys) -> bool:
        """Whether there is something new to record there."""
        value = _at(self.record, keys)
        if value is _NOTHING:
            return False
        node = self.record.node(value)
        if isinstance(value, Ref):
            if not isinstance(node, (DictOf, ListOf, TupleOf)) or len(list(held(node))) > MOST_INSIDE:
                return False
            keys = (*keys, UNRECORDED)
        known = keys in self.read
        self.read.add(keys)
        return not known


class _Work:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._noted = _Noted()
        engine.results, engine.tries_edits = self._noted, False
        self._drafts: dict[str, _Draft | None] = {}
        self._folders: dict[str, Folder] = {}
        self._reached: set[str] = set()
        self._notes: dict[str, None] = {}
        self._problems: list[FileProblem] = []

    def give(self, path: str, file: Path) -> None:
        """`file` stands for `path`.  Raises CheckpointError, OSError and ValueError."""
        draft = _Draft(path, read_confined(file))
        self._drafts[absolute(self._engine.root, path)] = draft
        self._engine.locked.assume(self._engine.locked.lock().with_entries([draft.entry()]))

    def check(self, document: Document) -> None:
        """Raises EngineUnavailable."""
        self._noted.runs.clear()
        try:
            reports = self._engine.check(document)
        except SourceError as error:
            self._problems.append(error.problem)
            return
        for report in reports:
            missing = getattr(report.verdict, "checkpoint_not_found", None)
            if missing is not None:
                place = f"{report.site.path.name}:{report.site.span.line}"
                self._note(f"{missing}: not recorded, since no such file is here ({place})")
        for job, result in list(self._noted.runs):
            for path in result.read:
                self._reach(path)
            self._prove(job, result)

    def done(self, only: Mapping[str, Path]) -> Locking:
        drafts = [one for one in self._drafts.values() if one is not None and not one.withheld]
        entries = tuple(one.entry() for one in drafts if not only or one.path in only)
        folders = tuple(self._folders[path] for path in sorted(self._folders))
        problems = tuple(self._problems)
        return Locking(entries, folders, frozenset(self._reached), tuple(self._notes), problems)

    # -- one file ----------------------------------------------------------------------------------------------

    def _reach(self, path: str) -> None:
        name = relative(self._engine.root, Path(path))
        if name is None:
            self._note(
                f"{path}: not recorded, since it lies outside the workspace; `ckpt-lsp lock FILE --as PATH` does"
            )
            return
        self._reached.add(name)
        if path not in self._drafts and Path(path).exists():
            self._drafts[path] = self._drafted(name, Path(path))

    def _drafted(self, name: str, file: Path) -> _Draft | None:
        try:
            draft = _Draft(name, read_confined(file))
            draft.entry()
        except (CheckpointError, ValueError) as error:
            self._note(f"{name}: not recorded: {error}")
            return None
        except OSError as error:
            self._note(f"{name}: not recorded: {error.strerror}")
            return None
        return draft

    def _note(self, text: str) -> None:
        self._notes[text] = None

    # -- one scenario ------------------------------------------------------------------------------------------

    def _prove(self, job: DryRunJob, result: DryRunResult) -> None:
        """Adds to the drafts until the lock says what the file says."""
        drafts = [draft for path in result.read if (draft := self._drafts.get(path)) is not None]
        if not drafts or not (result.status in ("loads", "raises") or result.lacking):
            return
        again = self._until_nothing_lacks(job, result.read)
        if result.from_lock or _says_the_same(again, result):
            self._note_if_open(job, again, drafts)
            return
        if again.status != "unresolved":
            for draft in drafts:
                draft.read.add(())
            again = self._until_nothing_lacks(job, result.read)
        self._doubt(job, again, result, drafts)

    def _until_nothing_lacks(self, job: DryRunJob, paths: Sequence[str]) -> DryRunResult:
        for _ in range(MOST_RUNS):
            result = self._run(job, paths)
            if not self._add(result.lacking):
                break
        return result

    def _run(self, job: DryRunJob, paths: Sequence[str]) -> DryRunResult:
        drafts = {path: draft for path in paths if (draft := self._drafts.get(path)) is not None}
        records = {path: draft.entry().record.to_plain() for path, draft in drafts.items()}
        folders = {absolute(self._engine.root, one.path): list(one.names) for one in self._folders.values()}
        told = replace(job, locked={**job.locked, **records}, folders={**job.folders, **folders})
        try:
            with self._engine.pool().dry_run(told) as run:
                return run.result
        except WorkerUnavailable as error:
            raise EngineUnavailable(str(error)) from None

    def _add(self, lacking: Sequence[Any]) -> bool:
        """Whether it can be recorded and was not."""
        if lacking[:1] == ["value"]:
            draft = self._drafts.get(lacking[1])
            return draft is not None and draft.add(tuple(lacking[2]))
        if lacking[:1] == ["folder"]:
            return self._list(Path(lacking[1]))
        return False

    def _list(self, place: Path) -> bool:
        name = relative(self._engine.root, place)
        if name is None or name in self._folders or not place.is_dir():
            return False
        names = [path.name for path in place.iterdir()]
        try:
            if len(names) > MOST_INSIDE:
                raise ValueError("too many names")
            self._folders[name] = folder(name, names)
        except ValueError:
            return False
        return True

    def _doubt(self, job: DryRunJob, again: DryRunResult, result: DryRunResult, drafts: Sequence[_Draft]) -> None:
        """An entry that would tell another story is not written."""
        if again.status == "unresolved" or _says_the_same(again, result):
            self._note_if_open(job, again, drafts)
            return
        for draft in drafts:
            draft.withheld = True
            self._note(f"{draft.path}: not recorded, since {_place(job)} would be judged otherwise without the file")

    def _note_if_open(self, job: DryRunJob, again: DryRunResult, drafts: Sequence[_Draft]) -> None:
        if again.status == "unresolved":
            name = ", ".join(draft.path for draft in drafts)
            self._note(f"{name}: without the file {_place(job)} is unresolved: {again.reason}")


def _says_the_same(one: DryRunResult, other: DryRunResult) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in _SAYS)


def _place(job: DryRunJob) -> str:
    return f"{Path(job.site.path).name}:{job.site.line}"


_NOTHING = object()


def _at(record: Record, keys: Keys) -> Any:
    """The value that these keys lead to, or `_NOTHING`."""
    value: Value = record.root
    for key in keys:
        inner = [one for name, one in _inside(record, value) if type(name) is type(key) and name == key]
        if not inner:
            return _NOTHING
        value = inner[0]
    return value


def _inside(record: Record, value: Value) -> Iterator[tuple[Value, Value]]:
    return held(record.node(value))
