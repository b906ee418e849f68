"""Commands as projects write them down."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ckpt_lsp.project.commands import Command, Reading, commands, left_open


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("demo.py", "tools/eval.py", "pkg/train.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    return tmp_path


def only(project: Path, name: str, text: str) -> Command:
    file = project / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    (found,) = commands(project)
    return found


@pytest.mark.parametrize(
    ("name", "text", "argv", "line"),
    [
        ("README.md", "# Demo\n```Shell\npython demo.py --model=a.pth\n```\n", ("--model=a.pth",), 3),
        ("README.md", "Run `python3 demo.py --model a.pth` now.\n", ("--model", "a.pth"), 1),
        ("README.md", "```\n$ CUDA_VISIBLE_DEVICES=0 python demo.py -m a.pth\n```\n", ("-m", "a.pth"), 2),
        ("run.sh", "python demo.py \\\n  --model a.pth \\\n  --fast\n", ("--model", "a.pth", "--fast"), 1),
        ("run.sh", "CKPT=w/a.pth\npython demo.py --model ${CKPT}\n", ("--model", "w/a.pth"), 2),
        (
            "run.sh",
            'export CKPT=w/a.pth\npython -u demo.py --model "$CKPT" > log.txt 2>&1 &\n',
            ("--model", "w/a.pth"),
            2,
        ),
        ("job.sbatch", "#SBATCH -n 1\nsrun python demo.py --model a.pth\n", ("--model", "a.pth"), 2),
        ("run.sh", "torchrun --nproc_per_node=2 demo.py --model a.pth\n", ("--model", "a.pth"), 1),
        ("run.sh", "accelerate launch --num_processes 1 demo.py --model a.pth\n", ("--model", "a.pth"), 1),
        ("run.sh", "python -m torch.distributed.launch --nproc_per_node 2 demo.py --a b\n", ("--a", "b"), 1),
        ("Makefile", "demo:\n\tpython demo.py --model a.pth\n", ("--model", "a.pth"), 2),
        ("Dockerfile", "FROM x\nRUN python demo.py --model a.pth\n", ("--model", "a.pth"), 2),
        (".github/workflows/ci.yml", "steps:\n  - run: python demo.py --model a.pth\n", ("--model", "a.pth"), 2),
        ("README.md", "```\npython demo.py --model /path/to/a.pth\n```\n", ("--model", "/path/to/a.pth"), 2),
        ("README.md", "```\npython demo.py --model a.pth [--amp] [--out <dir>]\n```\n", ("--model", "a.pth"), 2),
        ("run.sh", "python demo.py --sizes [1,2] --model a.pth\n", ("--sizes", "[1,2]", "--model", "a.pth"), 1),
    ],
)
def test_written_in(project: Path, name: str, text: str, argv: tuple[str, ...], line: int) -> None:
    found = only(project, name, text)
    assert found == Command(project / "demo.py", argv, found.cwd, None, f"{name}:{line}", found.env)


@pytest.mark.parametrize(
    ("argv", "count"),
    [
        (("--model", "a.pth", "data/set"), 0),
        (("--model", "<checkpoint>", "--data", "<imagenet-path>/train"), 2),
        (("/path/to/a.pth", "$CKPT", "YOUR_DATA", "..."), 4),
        (("--rate", "{rate}", "[file]"), 2),
    ],
)
def test_what_a_command_leaves_open(argv: tuple[str, ...], count: int) -> None:
    assert left_open(argv) == count


@pytest.mark.parametrize("start", ["torchrun --nproc_per_node=2", "python -m torch.distributed.launch"])
def test_a_launcher_tells_each_process_its_rank(project: Path, start: str) -> None:
    found = only(project, "run.sh", f"{start} demo.py --model a.pth\n")
    assert {"RANK": "0", "LOCAL_RANK": "0", "WORLD_SIZE": "1"}.items() <= dict(found.env).items()


def test_without_a_launcher_there_are_no_ranks(project: Path) -> None:
    assert only(project, "run.sh", "python demo.py --model a.pth\n").env == ()


def test_a_call_for_help_is_no_run(project: Path) -> None:
    (project / "README.md").write_text("```\npython demo.py --help\n```\n")
    assert commands(project) == ()


def test_a_module_run_by_name(project: Path) -> None:
    found = only(project, "README.md", "```\npython -m pkg.train --resume a.pth\n```\n")
    assert (found.script, found.module, found.argv) == (project / "pkg/train.py", "pkg.train", ("--resume", "a.pth"))


def test_cd_moves_the_working_directory(project: Path) -> None:
    found = only(project, "README.md", "```\ncd tools && python eval.py\n```\n")
    assert (found.script, found.cwd) == (project / "tools/eval.py", project / "tools")


def test_cd_into_the_clone_is_the_root(project: Path) -> None:
    found = only(project, "README.md", "```\ngit clone x\ncd repository\npython tools/eval.py\n```\n")
    assert found.cwd == project


def test_a_notebook_cell(project: Path) -> None:
    cells = [{"cell_type": "code", "source": ["!python demo.py --model a.pth\n"]}]
    found = only(project, "nb.ipynb", json.dumps({"cells": cells}))
    assert (found.argv, found.source) == (("--model", "a.pth"), "nb.ipynb:0")


@pytest.mark.parametrize(
    ("name", "text", "argv"),
    [
        ("README.md", "```bash\n$ my-demo --model a.pth\n```\n", ("--model", "a.pth")),
        ("README.md", "```\nCUDA_VISIBLE_DEVICES=0 my-demo --model a.pth\n```\n", ("--model", "a.pth")),
        ("run.sh", "CKPT=a.pth\nmy-demo --model $CKPT\n", ("--model", "a.pth")),
        ("Dockerfile", "FROM x\nRUN my-demo --model a.pth\n", ("--model", "a.pth")),
    ],
)
def test_an_entry_point_is_a_command(project: Path, name: str, text: str, argv: tuple[str, ...]) -> None:
    (project / "pyproject.toml").write_text('[project.scripts]\nmy-demo = "pkg.train:main"\n')
    found = only(project, name, text)
    assert (found.script, found.module, found.argv) == (project / "pkg/train.py", "pkg.train", argv)
    assert found.source.startswith(f"{name}:")


@pytest.mark.parametrize(
    "text", ["my-demo is a library.\n", "```python\nmy-demo = 3\n```\n", "```\nx\n```\nmy-demo trains nets.\n"]
)
def test_an_entry_point_in_prose_or_other_code_is_none(project: Path, text: str) -> None:
    (project / "pyproject.toml").write_text('[project.scripts]\nmy-demo = "pkg.train:main"\n')
    (project / "README.md").write_text(text)
    assert commands(project) == ()


def test_what_changes_is_read_again(project: Path) -> None:
    reading = Reading()
    readme = project / "README.md"
    for name in ("a.pth", "another.pth"):
        readme.write_text(f"```\npython demo.py {name}\nmy-demo {name}\n```\n")
        assert [found.argv for found in commands(project, reading)] == [(name,)]
    (project / "pyproject.toml").write_text('[project.scripts]\nmy-demo = "pkg.train:main"\n')
    assert [found.script.name for found in commands(project, reading)] == ["demo.py", "train.py"]


def test_launch_json(project: Path) -> None:
    text = """{
      // comments and trailing commas are allowed
      "configurations": [
        {"name": "eval", "program": "${workspaceFolder}/tools/eval.py", "args": ["--c", "a.pth"],},
      ],
    }"""
    found = only(project, ".vscode/launch.json", text)
    assert (found.script, found.argv, found.source) == (
        project / "tools/eval.py",
        ("--c", "a.pth"),
        "launch.json: eval",
    )


@pytest.mark.parametrize(
    "text",
    [
        "We use python for this demo.py.\n",
        "```\npython other.py\n```\n",
        "```\npip install torch\n```\n",
        "```\npython 'unclosed demo.py\n```\n",
        '{"not": "cells"}',
    ],
)
def test_no_command(project: Path, text: str) -> None:
    (project / "README.md").write_text(text)
    (project / "nb.ipynb").write_text(text)
    (project / "launch.json").write_text(text)
    assert commands(project) == ()
