"""What every mechanism gives the pool, and what it is given."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Visible:
    """What a worker sees of the machine; everything else is not there."""

    read: tuple[Path, ...]
    """Real paths, of folders and files, that may be read; none of them below another."""
    links: tuple[tuple[Path, str], ...] = ()
    """Symbolic links that lead to them: where the link lies, what it says."""
    environment: Mapping[str, str] = field(default_factory=dict)
    site_folders: tuple[str, ...] = ()
    """The user's own site-packages, if the interpreter uses them."""
    left_out: tuple[str, ...] = ()
    """What was named to be read and is not, a line each: the path and why."""


@dataclass(frozen=True)
class Launch:
    """A command that starts the worker confined."""

    command: tuple[str, ...]
    descriptors: tuple[int, ...] = ()
    """To be inherited, besides the worker's own."""


@dataclass(frozen=True)
class Unavailable:
    """No mechanism works here.  `reason` says why and what would help."""

    reason: str


class Confinement(ABC):
    """A way to keep a worker in."""

    name: str
    """As in the setting and in the log: "bubblewrap", "landlock", "off"."""
    layers: tuple[str, ...]
    """What adds up, for `doctor`: ("bubblewrap 0.8.0", "Landlock 7", "seccomp")."""
    same_process_ids: bool = True
    """False where the worker counts processes in a namespace of its own."""
    forbids_processes: bool = True
    """Dry runs may start threads only, where the system can refuse the rest; else strays are hunted down."""

    @abstractmethod
    @contextmanager
    def launch(self, command: Sequence[str], visible: Visible, scratch: Path) -> Iterator[Launch]:
        """The command to start, valid within the context; the process keeps what it inherited."""

    @abstractmethod
    def readable(self, visible: Visible) -> tuple[str, ...] | None:
        """For the layer that each dry run adds to itself; None where the kernel has no Landlock for it."""


class WorkerUnavailable(Exception):
    """Dry runs are not possible with this interpreter; the text says why and names the next step."""
