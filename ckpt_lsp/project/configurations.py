"""How the project declares that its scripts are started: PyCharm's run configurations, entry points of pyproject.toml.

Written commands in another form.  Reads files, executes nothing.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from .commands import Command
from .entry_points import entry_points
from .moved import find

MOST_BYTES = 2_000_000


def declared(root: Path) -> tuple[Command, ...]:
    """PyCharm's configurations, the selected one and those of single runs first, then the entry points."""
    points = entry_points(root).items()
    named = (Command(p.script, (), root, p.module, f"pyproject.toml: {name}") for name, p in points)
    return (*_of_pycharm(root), *named)


# -- PyCharm ---------------------------------------------------------------------------------------------------


def _of_pycharm(root: Path) -> list[Command]:
    """Of the workspace, and of projects directly in it."""
    projects = [root, *sorted(folder.parent for folder in root.glob("*/.idea"))]
    ranked = [row for project in projects for file in _files(project) for row in _configurations(file, project, root)]
    return [command for _, command in sorted(ranked, key=lambda row: row[0])]


def _files(project: Path) -> list[Path]:
    shared = (*project.glob(".idea/runConfigurations/*.xml"), *project.glob(".run/*.run.xml"))
    return [project / ".idea/workspace.xml", *sorted(shared)]


def _configurations(file: Path, project: Path, root: Path) -> Iterator[tuple[int, Command]]:
    """With their ranks."""
    tree = _xml(file)
    if tree is None:
        return
    selected = {manager.get("selected") for manager in tree.iter("component")}
    for node in tree.iter("configuration"):
        if node.get("type") == "PythonConfigurationType" and node.get("default") != "true":
            command = _configuration(node, project, root)
            rank = 0 if f"Python.{node.get('name')}" in selected else 1 if node.get("temporary") == "true" else 2
            yield from () if command is None else [(rank, command)]


def _configuration(node: ElementTree.Element, project: Path, root: Path) -> Command | None:
    options = {
        o.get("name", ""): o.get("value", "").replace("$PROJECT_DIR$", str(project)) for o in node.iter("option")
    }
    name = options.get("SCRIPT_NAME", "")
    module = name if options.get("MODULE_MODE") == "true" else None
    folder = Path(options.get("WORKING_DIRECTORY") or project)
    script = find(name if module is None else module.replace(".", "/") + ".py", root, project)
    try:
        argv = tuple(shlex.split(options.get("PARAMETERS", "")))
    except ValueError:
        return None
    if script is None or script.suffix != ".py":
        return None
    here = (folder == root or root in folder.parents) and folder.is_dir()
    return Command(script, argv, folder if here else script.parent, module, f"PyCharm: {node.get('name')}")


def _xml(file: Path) -> ElementTree.Element | None:
    """Without document types, and so without entities that blow up."""
    text = _text(file)
    if not text or "<!" in text.replace("<!--", "").replace("<![CDATA[", ""):
        return None
    try:
        return ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError):
        return None


def _text(file: Path) -> str:
    """Empty where there is no such file, or none that PyCharm or a person could have written."""
    try:
        if not file.is_file() or file.stat().st_size > MOST_BYTES:
            return ""
        return file.read_text("utf-8", "replace")
    except OSError:
        return ""
