"""The frozen records that travel between the stages, from a line of source to a finding.

Nothing here does I/O or knows of torch, of an editor or of an output format.  Lines and columns are
1-based, columns count Unicode code points, ends are exclusive: the same as in the JSON contract.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path


@dataclass(frozen=True, order=True)
class Span:
    """A range of source text; within the cell's own lines where it belongs to a notebook cell."""

    line: int
    column: int
    end_line: int
    end_column: int
    cell: int | None = None
    """0-based notebook cell, or None in a plain Python file."""


@dataclass(frozen=True)
class Document:
    """One source file as the user sees it now: the editor's buffer if there is one, else the file."""

    path: Path
    """Absolute."""
    text: str


@dataclass(frozen=True)
class LoadSite:
    """One call in source that loads a state dict into a module, e.g. `model.load_state_dict(sd)`."""

    path: Path
    span: Span
    """The whole call."""
    receiver: str
    """Source text of the module that is loaded into (`model` in `model.load_state_dict(sd)`)."""
    argument: str
    """Source text of the state dict that is loaded (`sd`)."""


@dataclass(frozen=True)
class Scenario:
    """What a dry run assumes, and who says so."""

    source: str
    """For a person: "defaults", "argparse defaults", "README.md:31"."""
    argv: tuple[str, ...]
    """The command line after the script's name."""
    cwd: Path
    """Absolute working directory."""


@dataclass(frozen=True)
class Mismatch:
    """A tensor whose shape in the checkpoint differs from its shape in the model."""

    key: str
    checkpoint: tuple[int, ...]
    model: tuple[int, ...]


@dataclass(frozen=True)
class Raised:
    """An exception as the user would see it."""

    type: str
    """Exact class name, e.g. "RuntimeError"."""
    message: str


@dataclass(frozen=True)
class Entry:
    """One key of a state dict; shape is None where the value is no tensor."""

    key: str
    shape: tuple[int, ...] | None


@dataclass(frozen=True)
class Comparison:
    """What torch's own lists are when this checkpoint meets this model, whatever `strict` is."""

    missing: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()
    mismatched: tuple[Mismatch, ...] = ()

    @property
    def clean(self) -> bool:
        return not (self.missing or self.unexpected or self.mismatched)


@dataclass(frozen=True)
class Loads:
    """torch accepts the call."""

    comparison: Comparison


@dataclass(frozen=True)
class Raises:
    """torch (or the code on the way to the call) raises."""

    error: Raised
    comparison: Comparison
    at: Span | None = None
    """Where it raises if that is not the call itself, e.g. the line of `torch.load`."""
    handled: bool = False
    """True where a `try` in the user's code catches it."""
    rejected_globals: tuple[str, ...] = ()
    """For a weights-only rejection: the globals of the file that `weights_only=True` refuses."""
    refused: str | None = None
    """Where torch refuses the file itself: "weights-only" for what it names, "unreadable" for what it is."""
    would_run: tuple[str, ...] = ()
    """Globals of the file that run more than the making of its objects when all of it is unpickled."""
    at_path: Path | None = None
    """The file that `at` belongs to."""


@dataclass(frozen=True)
class Unresolved:
    """No verdict.  `reason` is a full clause that names the cause: "torchvision is not installed"."""

    reason: str
    checkpoint_not_found: str | None = None
    """The path as the program gives it, where the reason is that no file is there."""
    at: Span | None = None
    """The line that the reason is about, if it is not the call itself."""
    unreadable: bool = False
    """The reason is that the file is nothing that can be read as a checkpoint."""
    would_run: tuple[str, ...] = ()
    """Where that is the reason: globals of the file that run more than the making of its objects."""
    checkpoint_unknown: bool = False
    """The program loads a file whose path is not known, or at whose path there is none."""
    at_path: Path | None = None
    """The file that `at` belongs to."""


@dataclass(frozen=True)
class Skipped:
    """Nothing to judge here: no file is loaded, or a guard round the call is false."""

    reason: str


Verdict = Loads | Raises | Unresolved | Skipped


class Severity(str, Enum):
    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"
    HINT = "hint"


@dataclass(frozen=True)
class TextEdit:
    path: Path
    span: Span
    text: str


@dataclass(frozen=True)
class Leftover:
    """What torch would still complain of once the fix is applied; simulated, not guessed."""

    missing: int = 0
    unexpected: int = 0
    mismatched: int = 0


@dataclass(frozen=True)
class Fix:
    title: str
    edits: tuple[TextEdit, ...]
    leftover: Leftover
    preferred: bool = False
    """At most one fix of a finding: the one an editor may apply without asking which."""


@dataclass(frozen=True)
class Related:
    """A further place or a longer text that belongs to a finding."""

    path: Path
    span: Span
    message: str


@dataclass(frozen=True)
class Finding:
    rule: str
    """Kebab-case name, see `diagnosis.rules`."""
    severity: Severity
    path: Path
    span: Span
    message: str
    related: tuple[Related, ...] = ()
    fixes: tuple[Fix, ...] = ()
    silent: bool = False
    """Shown nowhere at the call and never a failure: it only carries what can be done, as an editor's actions."""


@dataclass(frozen=True)
class Origin:
    """A line of the user's that puts a part of the model in its place, or the constructor that could."""

    kind: str
    """Which list of torch's its keys are in: "missing", "unexpected" or "mismatched"."""
    path: Path
    span: Span
    key: str
    """The first of them."""
    keys: int
    """How many there are."""


@dataclass(frozen=True)
class SiteReport:
    """The last word on one load site under one scenario."""

    site: LoadSite
    scenario: Scenario
    verdict: Verdict
    model: str | None = None
    """Qualified class name of the receiver: "raft.RAFT"."""
    checkpoint: Path | None = None
    """Absolute path of the file whose tensors are loaded."""
    checkpoint_source: str | None = None
    """Who says what is in it: "file", or "lock" where the file is not here."""
    strict: bool | None = None
    model_entries: tuple[Entry, ...] = field(default=(), repr=False)
    checkpoint_entries: tuple[Entry, ...] = field(default=(), repr=False)
    renamed: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """(key in the file, key at the call) of tensors that come to the call under another name."""
    always_clean: bool = False
    """Each time that the call was made, in whatever world, nothing was missing, unexpected or of another size."""
    origins: tuple[Origin, ...] = field(default=(), repr=False)
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class FileProblem:
    """A file that could not be looked at, and the next step: "x.py:3: syntax error: …"."""

    path: Path
    message: str
    span: Span | None = None
