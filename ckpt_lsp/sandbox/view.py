"""What a worker may see: the workspace, its interpreter, the caches of weights, the configured roots.

All read-only, and nothing else of the machine.  The environment is an allow-list.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from .installation import look_at
from .interface import Visible
from .paths import trail, without_nested

_SYSTEM = (
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/alternatives",
    "/etc/localtime",
    "/etc/os-release",
)
_SECRETS = {
    ".aws",
    ".azure",
    ".config",
    ".docker",
    ".gnupg",
    ".kube",
    ".mozilla",
    ".netrc",
    ".password-store",
    ".pki",
    ".ssh",
}
_OURSELVES = Path(__file__).resolve().parents[1]

_PASSED_ON = ("LANG", "LANGUAGE", "TZ", "USER", "LOGNAME", "LD_LIBRARY_PATH", "CONDA_PREFIX", "VIRTUAL_ENV")
_FIXED = {
    "CUDA_VISIBLE_DEVICES": "",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_OFFLINE": "1",
    "MKL_NUM_THREADS": "1",
    "MPLBACKEND": "agg",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "WANDB_MODE": "disabled",
}


@dataclass(frozen=True)
class View:
    """What the user lets dry runs see, besides the interpreter."""

    root: Path
    """The workspace."""
    checkpoint_roots: tuple[Path, ...] = ()
    """Folders outside it that hold checkpoints."""

    @classmethod
    def of(cls, root: Path, checkpoint_roots: Iterable[Path] = ()) -> View:
        return cls(root, tuple(checkpoint_roots))


def look(view: View, python: Path, environ: Mapping[str, str] | None = None, home: Path | None = None) -> Visible:
    """The view spelled out for this machine and `python`; reads files, executes nothing."""
    environ = os.environ if environ is None else environ
    home = Path.home().resolve() if home is None else home.resolve()
    installation = look_at(python, home)
    caches = _caches(environ, home)
    wanted = [
        *map(Path, _SYSTEM),
        *Path("/etc").glob("python3*"),
        python,
        *installation.paths,
        *_libraries(environ, home),
        *_workspace(view.root, home),
        *(root for root in view.checkpoint_roots if _objection(root, home) is None),
        *(part for _, parts in caches.values() for part in parts if not _lays_open(part, home)),
        _OURSELVES,
    ]
    links: dict[Path, str] = {}
    read = []
    for path in wanted:
        met, real = trail(path)
        if real is not None:
            links.update(met)
            read.append(real)
    return Visible(
        read=without_nested(read),
        links=tuple(links.items()),
        environment=_environment(environ, python, caches),
        site_folders=installation.site_folders,
        left_out=tuple(_left_out(view, home)),
    )


def _left_out(view: View, home: Path) -> Iterator[str]:
    """Said by `doctor`: a folder that is silently not there looks like a checkpoint that is not found."""
    for root in view.checkpoint_roots:
        why = _objection(root, home)
        if why is not None:
            yield f"{root}: {why}"
    if home.is_relative_to(view.root.resolve()):
        yield f"hidden folders of {home}: they hold keys and tokens; open a project below it as workspace"


def _objection(root: Path, home: Path) -> str | None:
    """Why a configured folder is not shown."""
    if _lays_open(root, home):
        return "would show keys and tokens of the home folder; name a folder that holds only checkpoints"
    return None if trail(root)[1] is not None else "does not exist; correct checkpoint-roots"


def _lays_open(folder: Path, home: Path) -> bool:
    """Whether reading below it would show keys and tokens; the workspace itself may have named it."""
    folder = folder.resolve()
    if home.is_relative_to(folder):
        return True
    return folder.is_relative_to(home) and folder.relative_to(home).parts[0] in _SECRETS


def _workspace(root: Path, home: Path) -> list[Path]:
    """The root; where that would lay the home folder open, only what in it is not hidden.

    Keys and tokens lie in hidden folders of the home.  A root above it ("/", "/home") is no project: of it, too,
    only the home's own entries are shown.
    """
    if not home.is_relative_to(root.resolve()):
        return [root]
    return [entry for entry in sorted(home.iterdir()) if not entry.name.startswith(".")]


def _caches(environ: Mapping[str, str], home: Path) -> dict[str, tuple[Path, tuple[Path, ...]]]:
    """Variable -> the folder it names and the parts of it that may be read.  Tokens are no such part."""
    base = Path(environ.get("XDG_CACHE_HOME") or home / ".cache")
    torch = Path(environ.get("TORCH_HOME") or base / "torch")
    hugging_face = Path(environ.get("HF_HOME") or base / "huggingface")
    hub = Path(environ.get("HF_HUB_CACHE") or environ.get("HUGGINGFACE_HUB_CACHE") or hugging_face / "hub")
    return {
        "TORCH_HOME": (torch, (torch / "hub", torch / "checkpoints")),
        "HF_HOME": (hugging_face, (hugging_face / "modules",)),
        "HF_HUB_CACHE": (hub, (hub,)),
    }


def _libraries(environ: Mapping[str, str], home: Path) -> list[Path]:
    """Folders of LD_LIBRARY_PATH, unless one would show the home."""
    named = [Path(entry) for entry in environ.get("LD_LIBRARY_PATH", "").split(":") if entry.startswith("/")]
    return [folder for folder in named if folder.is_dir() and not _lays_open(folder, home)]


def _environment(
    environ: Mapping[str, str], python: Path, caches: Mapping[str, tuple[Path, tuple[Path, ...]]]
) -> dict[str, str]:
    kept = {name: environ[name] for name in _PASSED_ON if name in environ}
    kept |= {name: value for name, value in environ.items() if name.startswith("LC_")}
    places = {name: str(path) for name, (path, _) in caches.items()}
    return {**kept, **places, **_FIXED, "PATH": f"{python.parent}:/usr/bin:/bin"}
