"""What can be said of a workspace that is not trusted: from constants in its source and headers of its files.

Nothing of it is executed, its interpreter included: files are read by our own confined reader.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from ..config import Settings
from ..diagnosis import Case, diagnose
from ..project.files import python_files
from ..project.interpreter import InterpreterNotFound, find_interpreter, torch_version
from ..sandbox.reading import read_confined
from ..source.literal import Reads, reads
from ..source.sites import FoundSite
from ..source.tree import Module
from ..types import Comparison, Finding, Raised, Raises, Scenario, SiteReport, Unresolved
from ..worker.checkpoint.errors import NEVER_READ, CheckpointError
from ..worker.checkpoint.hazards import hazards
from ..worker.checkpoint.records import Record

NOTHING_RUNS = "the workspace is not trusted, so nothing of it is executed"
NEXT_STEP = "trust it in the editor, or check it without --untrusted"

_OF_TORCH = ("torch zip", "torch legacy")
_STRICT_SINCE = (2, 6)
"""The torch from which on `weights_only` is true unless told otherwise."""
_MAY_BE_ALLOWED = {"torch", "torchvision", "numpy", "builtins", "__builtin__", "collections", "_codecs", "copyreg"}
"""Packages some of whose names one torch or another accepts; of all others none does by itself."""
_CHANGE_NOTHING = {*sys.stdlib_module_names, "torch", "torchvision", "numpy", "PIL", "tqdm", "cv2", "matplotlib"}
"""Packages that neither patch `torch.load` nor add to what it accepts."""
_IMPORTED = re.compile(r"^[ \t]*(?:from|import)[ \t]+(\w+)", re.MULTILINE)
_MOST_KEPT = 64


@dataclass(frozen=True)
class _Looked:
    """What the reader said of a file in one state."""

    stamp: tuple[int, int]
    said: Record | CheckpointError


class Untrusted:
    """One workspace; remembers what the reader said of its files."""

    def __init__(self, root: Path, settings: Settings) -> None:
        self._root = root
        self._settings = settings
        self._looked: dict[Path, _Looked] = {}

    def report(self, module: Module, found: FoundSite) -> SiteReport:
        scenario = Scenario("nothing executed", (), module.path.parent)
        plain = SiteReport(found.site, scenario, Unresolved(NOTHING_RUNS))
        said = reads(module, found)
        if said is None:
            return plain
        try:
            files = {os.path.realpath(file): file for file in self._files(module, said)}
            if not files:
                path = str(said.path)
                verdict = Unresolved(f"checkpoint not found: {path}", checkpoint_not_found=path)
                return self._diagnosed(module, replace(plain, verdict=verdict))
            (file,) = files.values()  # of two, it is not known which the program reads
            return self._of_file(module, said, file, plain) if self._is_readable(file) else plain
        except (OSError, ValueError):
            return plain

    # -- files -------------------------------------------------------------------------------------------------

    def _files(self, module: Module, said: Reads) -> list[Path]:
        """Where the program may find the file, from whichever folder it is started.  Raises OSError."""
        above = [folder for folder in module.path.parents if folder.is_relative_to(self._root)]
        return [path for folder in dict.fromkeys([*above, Path.cwd()]) if _is_there(path := folder / said.path)]

    def _is_readable(self, file: Path) -> bool:
        """A regular file in what a dry run might read."""
        real = Path(os.path.realpath(file))
        roots = (self._root, *self._settings.checkpoint_roots)
        return real.is_file() and any(real.is_relative_to(os.path.realpath(root)) for root in roots)

    def _read(self, file: Path) -> Record | CheckpointError:
        """Raises OSError."""
        about = file.stat()
        stamp = about.st_mtime_ns, about.st_size
        known = self._looked.get(file)
        if known is None or known.stamp != stamp:
            if len(self._looked) >= _MOST_KEPT:
                self._looked.clear()
            known = self._looked[file] = _Looked(stamp, _asked(file))
        return known.said

    # -- verdicts ----------------------------------------------------------------------------------------------

    def _of_file(self, module: Module, said: Reads, file: Path, plain: SiteReport) -> SiteReport:
        report = replace(plain, checkpoint=file)
        record = self._read(file)
        if isinstance(record, CheckpointError):
            if not isinstance(record, NEVER_READ) or said.of != "torch":
                return report
            return self._diagnosed(module, replace(report, verdict=Unresolved(str(record), unreadable=True)))
        runs = hazards(record, self._is_own)
        refused = self._refused(module, said, record)
        if refused:
            error = Raised("UnpicklingError", "")
            raises = Raises(error, Comparison(), rejected_globals=refused, refused="weights-only", would_run=runs)
            findings = self._diagnosed(module, replace(report, verdict=raises)).findings
            return replace(report, findings=_without_fixes(findings))
        if runs:
            return self._diagnosed(module, replace(report, verdict=Unresolved(NOTHING_RUNS, would_run=runs)))
        return report

    def _refused(self, module: Module, said: Reads, record: Record) -> tuple[str, ...]:
        """Names that `weights_only=True` accepts in no torch, where the program certainly loads that way."""
        names = tuple(name for name in record.globals if name.partition(".")[0] not in _MAY_BE_ALLOWED)
        certain = names and said.of == "torch" and record.format in _OF_TORCH and self._is_strict(said)
        return names if certain and self._adds_nothing(module) else ()

    def _is_strict(self, said: Reads) -> bool:
        if said.weights_only is not None:
            return said.weights_only
        try:
            python = find_interpreter(self._root, self._settings.python, self._settings.python_source)
        except InterpreterNotFound:
            return False
        version = torch_version(python.path)
        return version is not None and version >= _STRICT_SINCE

    def _adds_nothing(self, module: Module) -> bool:
        """Whether neither the workspace nor what the script imports changes what torch accepts."""
        files = python_files(self._root, self._root, self._settings.exclude)
        texts = [module.text, *(file.read_bytes().decode("utf-8", "replace") for file in files)]
        packages = {name for text in texts for name in _IMPORTED.findall(text)}
        if any(package not in _CHANGE_NOTHING and not self._is_own(package) for package in packages):
            return False
        return not any("safe_globals" in text or "torch.load =" in text for text in texts)

    def _is_own(self, package: str) -> bool:
        folders = (self._root, self._root / "src")
        return any((folder / package).is_dir() or (folder / f"{package}.py").is_file() for folder in folders)

    def _diagnosed(self, module: Module, report: SiteReport) -> SiteReport:
        case = Case(report, module.text, None, self._root)
        return replace(report, findings=self._settings.graded(diagnose(case)))


def _is_there(path: Path) -> bool:
    """Raises OSError where that cannot be told."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _asked(file: Path) -> Record | CheckpointError:
    """Raises OSError."""
    try:
        return read_confined(file)
    except CheckpointError as error:
        return error


def _without_fixes(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """A fix that nothing has tried is none."""
    return tuple(replace(finding, fixes=()) for finding in findings)
