"""Run configurations as PyCharm writes them, and entry points of pyproject.toml."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest

from ckpt_lsp.project.commands import Command
from ckpt_lsp.project.configurations import declared
from ckpt_lsp.project.entry_points import EntryPoint, entry_points


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("demo.py", "tools/eval.py", "pkg/train.py", "src/net/cli.py", "src/net/__init__.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def configuration(script: str, parameters: str = "", cwd: str = "$PROJECT_DIR$", **attributes: str) -> str:
    options = {"WORKING_DIRECTORY": cwd, "SCRIPT_NAME": script, "PARAMETERS": parameters, "SDK_HOME": "/usr/bin/python"}
    options["MODULE_MODE"] = "false" if script.endswith(".py") else "true"
    lines = [f"<option name={quoteattr(name)} value={quoteattr(value)} />" for name, value in options.items()]
    kept = {"name": "demo", "type": "PythonConfigurationType", "factoryName": "Python", **attributes}
    written = " ".join(f"{name}={quoteattr(value)}" for name, value in kept.items())
    return f'<configuration {written}><module name="p" />{"".join(lines)}</configuration>'


def write(root: Path, name: str, *configurations: str, selected: str = "") -> None:
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    body = "".join(configurations)
    chosen = f" selected={quoteattr(selected)}" if selected else ""
    file.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<x><component name="RunManager"{chosen}>{body}</component></x>'
    )


@pytest.mark.parametrize("name", [".idea/workspace.xml", ".idea/runConfigurations/demo.xml", ".run/demo.run.xml"])
@pytest.mark.parametrize(
    ("written", "script", "argv", "cwd", "module"),
    [
        (configuration("$PROJECT_DIR$/demo.py", '--m "a b.pth"'), "demo.py", ("--m", "a b.pth"), ".", None),
        (configuration("$PROJECT_DIR$/tools/eval.py", cwd="$PROJECT_DIR$/tools"), "tools/eval.py", (), "tools", None),
        (configuration("/home/me/p/tools/eval.py", cwd="/home/me/p"), "tools/eval.py", (), "tools", None),
        (
            configuration("$PROJECT_DIR$/demo.py", "-w $PROJECT_DIR$/a.pth"),
            "demo.py",
            ("-w", "{root}/a.pth"),
            ".",
            None,
        ),
        (configuration("$PROJECT_DIR$/demo.py", cwd=""), "demo.py", (), ".", None),
        (configuration("pkg.train", "--lr 1"), "pkg/train.py", ("--lr", "1"), ".", "pkg.train"),
    ],
)
def test_pycharm(
    project: Path, name: str, written: str, script: str, argv: tuple[str, ...], cwd: str, module: str | None
) -> None:
    write(project, name, written)
    here = tuple(word.replace("{root}", str(project)) for word in argv)
    assert declared(project) == (Command(project / script, here, project / cwd, module, "PyCharm: demo"),)


def test_a_project_within_the_workspace(project: Path) -> None:
    write(project, "tools/.idea/workspace.xml", configuration("$PROJECT_DIR$/eval.py"))
    (found,) = declared(project)
    assert (found.script, found.cwd) == (project / "tools/eval.py", project / "tools")


def test_the_selected_one_comes_first_then_those_of_single_runs(project: Path) -> None:
    write(project, ".run/a.run.xml", configuration("$PROJECT_DIR$/demo.py", name="a"))
    once = configuration("$PROJECT_DIR$/demo.py", name="b", temporary="true")
    last = configuration("$PROJECT_DIR$/demo.py", name="c")
    write(project, ".idea/workspace.xml", last, once, selected="Python.c")
    assert [command.source for command in declared(project)] == ["PyCharm: c", "PyCharm: b", "PyCharm: a"]


@pytest.mark.parametrize(
    "written",
    [
        configuration("$PROJECT_DIR$/demo.py", default="true"),
        configuration("$PROJECT_DIR$/demo.py", type="tests"),
        configuration("$PROJECT_DIR$/gone.py"),
        configuration("", ""),
        configuration("$PROJECT_DIR$/demo.py", "'unclosed"),
        configuration("$PROJECT_DIR$/demo.py") + "<",
        '<configuration type="PythonConfigurationType" />',
        "<a>" * 200_000,
        "<a>" * 100_000 + "</a>" * 100_000,
        "",
    ],
    ids=range(10),
)
def test_no_configuration(project: Path, written: str) -> None:
    write(project, ".idea/workspace.xml", written)
    assert declared(project) == ()


def test_entities_are_not_read(project: Path) -> None:
    text = f'<!DOCTYPE x [<!ENTITY a "demo.py">]><x>{configuration("$PROJECT_DIR$/demo.py")}</x>'
    (project / ".idea").mkdir()
    (project / ".idea/workspace.xml").write_text(text)
    assert declared(project) == ()


@pytest.mark.parametrize(
    ("toml", "script", "module", "function"),
    [
        ('[project.scripts]\nrun = "pkg.train:main"', "pkg/train.py", "pkg.train", "main"),
        ('[project.scripts]\nrun = "net.cli:app.run"', "src/net/cli.py", "net.cli", "app.run"),
        ('[project.scripts]\nrun = "net:main [gpu]"', "src/net/__init__.py", "net", "main"),
        ('[tool.poetry.scripts]\nrun = "pkg.train:main"', "pkg/train.py", "pkg.train", "main"),
        (
            '[tool.poetry.scripts]\nrun = {reference = "pkg.train:main", type = "console"}',
            "pkg/train.py",
            "pkg.train",
            "main",
        ),
    ],
)
def test_entry_points(project: Path, toml: str, script: str, module: str, function: str) -> None:
    (project / "pyproject.toml").write_text(toml)
    assert entry_points(project) == {"run": EntryPoint(project / script, module, function)}
    assert declared(project) == (Command(project / script, (), project, module, "pyproject.toml: run"),)


@pytest.mark.parametrize(
    "toml",
    [
        '[project.scripts]\nrun = "torch.hub:main"',
        '[project.scripts]\nrun = "pkg.train"',
        '[project.scripts]\nrun = "../pkg/train:main"',
        "[project.scripts]\nrun = 3",
        "[project]\nscripts = 3",
        "project = 3",
        "[[",
        "",
    ],
)
def test_no_entry_point(project: Path, toml: str) -> None:
    (project / "pyproject.toml").write_text(toml)
    assert entry_points(project) == {}
