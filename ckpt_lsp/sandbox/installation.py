"""Where an interpreter and its packages lie, read from files alone: asking the interpreter would execute it.

A hostile workspace may bring its own interpreter, whose files could name any folder of the machine as theirs.
So a folder counts as an installation only if it holds a standard library, only the parts of it that Python uses
are taken, and what `.pth` files and editable installs point at must look like Python source outside hidden folders.
"""

from __future__ import annotations

import ast
import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlparse

from .paths import trail

_PARTS = ("bin", "lib", "lib32", "lib64", "include", "pyvenv.cfg")
_STORES = (Path("/nix/store"), Path("/gnu/store"))
_LONGEST = 1 << 20


@dataclass(frozen=True)
class Installation:
    """What the interpreter needs to see in order to run with all its packages."""

    paths: tuple[Path, ...]
    site_folders: tuple[str, ...]
    """The user's own site-packages, if this interpreter would use them."""


def look_at(python: Path, home: Path) -> Installation:
    """`python` as the user names it, links not followed."""
    links, real = trail(python)
    if real is None:
        return Installation((), ())
    spots = [python, *(link for link, _ in links), real]
    environments = _environments(spots)
    bases = [real.parent.parent, *(base for _, settings in environments for base in _bases(settings))]
    prefixes = [folder for folder, _ in environments]
    prefixes += [base for base in bases if _standard_library(base)]
    paths = [real, *(prefix / part for prefix in prefixes for part in _PARTS)]
    paths += [store for store in _STORES if real.is_relative_to(store)]
    user = _user_site(environments, bases, home)
    packages = [folder for prefix in prefixes for folder in _site_packages(prefix)] + list(user)
    targets = [target for folder in packages for target in _pointed_at(folder)]
    paths += [target for target in targets if _may_be_source(target, home)]
    return Installation((*paths, *user), tuple(map(str, user)))


# -- prefixes ----------------------------------------------------------------------------------------------


def _environments(spots: list[Path]) -> list[tuple[Path, dict[str, str]]]:
    """Virtual environments on the way to the real interpreter: (folder, settings)."""
    found = {}
    for folder in dict.fromkeys(spot.parent.parent for spot in spots):
        settings = _settings(folder / "pyvenv.cfg")
        if settings is not None:
            found[folder] = settings
    return list(found.items())


def _settings(file: Path) -> dict[str, str] | None:
    text = _text(file)
    if text is None:
        return None
    pairs = (line.partition("=") for line in text.splitlines())
    return {key.strip().lower(): value.strip() for key, _, value in pairs}


def _bases(settings: dict[str, str]) -> list[Path]:
    home = settings.get("home")
    return [Path(home).parent] if home and Path(home).is_absolute() else []


def _standard_library(prefix: Path) -> Path | None:
    """The folder that marks `prefix` as an installation of Python."""
    return next((mark.parent for mark in _glob(prefix, "lib*/python3*/os.py")), None)


def _site_packages(prefix: Path) -> list[Path]:
    return _glob(prefix, "lib*/python3*/site-packages")


def _user_site(environments: list[tuple[Path, dict[str, str]]], bases: list[Path], home: Path) -> tuple[Path, ...]:
    for _, settings in environments:
        if settings.get("include-system-site-packages", "false").lower() != "true":
            return ()
    for library in filter(None, map(_standard_library, bases)):
        folder = home / ".local" / "lib" / library.name / "site-packages"
        if folder.is_dir():
            return (folder,)
    return ()


# -- .pth files and editable installs ----------------------------------------------------------------------


def _pointed_at(packages: Path) -> Iterator[Path]:
    for file in _glob(packages, "*.pth"):
        for line in (_text(file) or "").splitlines():
            if line.strip() and not line.startswith(("#", "import ", "import\t")):
                yield packages / line.strip()
    for file in _glob(packages, "__editable__*finder.py"):
        yield from _mapped(_text(file) or "")
    for file in _glob(packages, "*.dist-info/direct_url.json"):
        yield from _editable(_text(file) or "")


def _mapped(source: str) -> Iterator[Path]:
    """The folders in the MAPPING of setuptools' finder, read and not run."""
    with contextlib.suppress(SyntaxError, ValueError, AttributeError):
        for node in ast.parse(source).body:
            if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value and "MAPPING" in _names(node):
                yield from (Path(str(value)) for value in ast.literal_eval(node.value).values())


def _names(node: ast.Assign | ast.AnnAssign) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _editable(text: str) -> Iterator[Path]:
    with contextlib.suppress(ValueError, AttributeError):
        record = json.loads(text)
        url = urlparse(record.get("url", ""))
        if url.scheme == "file" and record.get("dir_info", {}).get("editable"):
            yield Path(unquote(url.path))


def _may_be_source(target: Path, home: Path) -> bool:
    _, real = trail(target)
    if real is None or home.is_relative_to(real):
        return False
    if real.is_relative_to(home) and any(part.startswith(".") for part in real.relative_to(home).parts):
        return False
    if real.is_file():
        return real.suffix == ".py"
    return any(_glob(real, pattern) for pattern in ("*.py", "*/__init__.py", "src/*/__init__.py"))


def _glob(folder: Path, pattern: str) -> list[Path]:
    with contextlib.suppress(OSError):
        return sorted(folder.glob(pattern))
    return []


def _text(file: Path) -> str | None:
    try:
        with file.open("rb") as opened:
            return opened.read(_LONGEST).decode("utf-8", "replace")
    except OSError:
        return None
