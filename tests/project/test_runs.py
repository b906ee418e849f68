"""Runs as trackers record them, in files of their own layout."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from ckpt_lsp.project.commands import Command
from ckpt_lsp.project.runs import MOST_RUNS, past_runs

PARSER = """
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("data", nargs="?")
parser.add_argument("--model", "-m")
parser.add_argument("--lr", type=float)
parser.add_argument("--sizes", nargs="+", type=int)
parser.add_argument("--tag", action="append")
parser.add_argument("--small", action="store_true")
parser.add_argument("--no-cache", dest="cache", action="store_false")
parser.add_argument("--amp", action=argparse.BooleanOptionalAction)
parser.add_argument("--hidden-dim", type=int)
args = parser.parse_args()
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write(tmp_path, {"train.py": PARSER, "tools/eval.py": "", "pkg/main.py": "from .model import Net\n"})
    return tmp_path


def write(root: Path, files: Mapping[str, str | bytes]) -> None:
    for name, content in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())


def only(root: Path, files: Mapping[str, str | bytes]) -> Command:
    write(root, files)
    (found,) = past_runs(root)
    return found


# -- wandb -----------------------------------------------------------------------------------------------------

WANDB = "wandb/run-20240101_120000-ab12/files/wandb-metadata.json"


def metadata(**record: object) -> str:
    return json.dumps({"os": "Linux", "executable": "/usr/bin/python3", **record})


@pytest.mark.parametrize(
    ("record", "script", "argv"),
    [
        ({"program": "train.py", "args": ["--lr", "0.1"]}, "train.py", ("--lr", "0.1")),
        ({"program": "train.py"}, "train.py", ()),
        ({"program": "/home/someone/proj/train.py", "args": []}, "train.py", ()),
        ({"program": "/home/someone/proj/tools/eval.py", "args": []}, "tools/eval.py", ()),
        ({"program": "C:\\Users\\me\\proj\\tools\\eval.py", "args": []}, "tools/eval.py", ()),
        (
            {"program": "/home/someone/proj/tools/eval.py", "args": ["--m=/home/someone/proj/w/a.pth", "/data/b.pth"]},
            "tools/eval.py",
            ("--m={root}/w/a.pth", "/data/b.pth"),
        ),
        (
            {"program": "C:\\me\\proj\\train.py", "args": ["C:\\me\\proj\\w\\a.pth", "C:\\me\\project\\b.pth"]},
            "train.py",
            ("{root}/w/a.pth", "C:\\me\\project\\b.pth"),
        ),
        ({"program": "/train.py", "args": ["/data/a.pth"]}, "train.py", ("/data/a.pth",)),
        ({"program": "train.py", "args": ["--epochs", 3]}, "train.py", ("--epochs", "3")),
    ],
)
def test_wandb(project: Path, record: dict[str, object], script: str, argv: tuple[str, ...]) -> None:
    found = only(project, {WANDB: metadata(**record)})
    here = tuple(word.replace("{root}", str(project)) for word in argv)
    assert found == Command(project / script, here, project, None, "wandb run run-20240101_120000-ab12")


def test_wandb_keeps_the_path_of_this_machine(project: Path) -> None:
    model = str(project / "w/a.pth")
    found = only(project, {WANDB: metadata(program=str(project / "tools/eval.py"), args=[model])})
    assert (found.script, found.argv) == (project / "tools/eval.py", (model,))


def test_the_longest_tail_counts(project: Path) -> None:
    write(project, {"sub/tools/eval.py": ""})
    found = only(project, {WANDB: metadata(program="/home/me/proj/sub/tools/eval.py")})
    assert found.script == project / "sub/tools/eval.py"


def test_the_project_of_the_run_counts_before_the_workspace(project: Path) -> None:
    write(project, {"sub/train.py": ""})
    found = only(project, {f"sub/{WANDB}": metadata(program="/home/me/else/train.py")})
    assert (found.script, found.cwd) == (project / "sub/train.py", project / "sub")


def test_wandb_says_where_the_program_was_started(project: Path) -> None:
    record = {"program": "/home/me/proj/tools/eval.py", "codePathLocal": "eval.py", "codePath": "tools/eval.py"}
    assert only(project, {WANDB: metadata(**record)}).cwd == project / "tools"


def test_wandb_of_a_module_run_by_name(project: Path) -> None:
    found = only(project, {WANDB: metadata(program="-m pkg.main", args=["--lr", "1"])})
    assert (found.script, found.module, found.cwd) == (project / "pkg/main.py", "pkg.main", project)


def test_relative_imports_tell_of_a_module_run_by_name(project: Path) -> None:
    found = only(project, {WANDB: metadata(program="/x/proj/pkg/main.py", codePathLocal="pkg/main.py")})
    assert (found.module, found.cwd) == ("pkg.main", project)


def test_wandb_offline(project: Path) -> None:
    name = "wandb/offline-run-20240101_120000-ab12/files/wandb-metadata.json"
    assert only(project, {name: metadata(program="train.py")}).source == "wandb run offline-run-20240101_120000-ab12"


# -- hydra -----------------------------------------------------------------------------------------------------

APP = '@hydra.main(config_path="conf", config_name="config")\ndef main(cfg): ...\n'


def job(cwd: str, output: str | None = None, name: str = "app", config: str = "config") -> str:
    runtime = f"  runtime:\n    cwd: {cwd}\n" + (f"    output_dir: {output}\n" if output else "")
    run = "  run:\n    dir: outputs/${now:%Y-%m-%d}\n"
    return f"hydra:\n{run}  job:\n    name: {name}\n    config_name: {config}\n{runtime}"


def hydra_run(folder: str, overrides: str, hydra: str) -> dict[str, str]:
    return {f"{folder}/.hydra/overrides.yaml": overrides, f"{folder}/.hydra/hydra.yaml": hydra}


RUN = "outputs/2024-01-01/12-00-00"


@pytest.mark.parametrize(
    ("folder", "overrides", "hydra", "argv"),
    [
        (RUN, "- model=raft\n- lr=1e-3\n", job("/home/me/proj"), ("model=raft", "lr=1e-3")),
        (RUN, "[]\n", job("/home/me/proj"), ()),
        (RUN, "- +ckpt='a b.pth'\n- ~x\n", job("/home/me/proj"), ("+ckpt='a b.pth'", "~x")),
        ("multirun/2024-01-01/12-00-00/3", "- lr=0.3\n", job("/home/me/proj"), ("lr=0.3",)),
        (RUN, "- lr=1\n", job("/home/me/proj", config="small"), ("--config-name", "small", "lr=1")),
        (RUN, "- w=/home/me/proj/a.pth\n", job("/home/me/proj"), ("w={root}/a.pth",)),
        (RUN, "- w=[/p/a.pth,/p/b.pth]\n", job("/p", f"/p/{RUN}"), ("w=[{root}/a.pth,{root}/b.pth]",)),
        ("logs/train/runs/x", "- lr=1\n", job("/p", "/p/logs/train/runs/x"), ("lr=1",)),
    ],
)
def test_hydra(project: Path, folder: str, overrides: str, hydra: str, argv: tuple[str, ...]) -> None:
    found = only(project, {"src/app.py": APP, **hydra_run(folder, overrides, hydra)})
    here = tuple(word.replace("{root}", str(project)) for word in argv)
    assert found == Command(project / "src/app.py", here, project, None, f"hydra run {folder}")


def test_hydra_in_a_project_below_the_root(project: Path) -> None:
    files = {"a/app.py": APP, "b/app.py": APP, **hydra_run(f"b/{RUN}", "- lr=1", job("/p/b", f"/p/b/{RUN}"))}
    found = only(project, files)
    assert (found.script, found.cwd) == (project / "b/app.py", project / "b")


@pytest.mark.parametrize(
    "files",
    [
        {"app.py": "print('no such framework')"},
        {"a/app.py": APP, "b/app.py": APP},
        {"other.py": APP},
    ],
)
def test_hydra_of_an_unknown_script(project: Path, files: dict[str, str]) -> None:
    write(project, {**files, **hydra_run(RUN, "- lr=1", job("/home/me/proj"))})
    assert past_runs(project) == ()


def test_wandb_within_a_run_of_hydra_was_started_where_that_was(project: Path) -> None:
    files = {"app.py": APP, **hydra_run(RUN, "- lr=1", job(str(project)))}
    write(project, {**files, f"{RUN}/{WANDB}": metadata(program=str(project / "app.py"), args=["lr=1"])})
    found = past_runs(project)
    assert {(run.script, run.argv, run.cwd) for run in found} == {(project / "app.py", ("lr=1",), project)}
    assert len(found) == 2


# -- Lightning and MLflow --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hparams", "argv"),
    [
        ("lr: 1e-3\nmodel: a.pth\n", ("--model", "a.pth", "--lr", "1e-3")),
        ("lr: 0.1\nhidden_dim: 64\nunknown: 3\n", ("--lr", "0.1", "--hidden-dim", "64")),
        ("small: true\ncache: true\namp: false\n", ("--small", "--no-amp")),
        ("small: false\ncache: false\namp: true\n", ("--no-cache", "--amp")),
        ("sizes:\n- 1\n- 2\ntag: [a, b]\n", ("--sizes", "1", "2", "--tag", "a", "--tag", "b")),
        ("data: d\nlr: -1\nmodel: null\n", ("d", "--lr=-1")),
        ("lr: 1\nmodel: !!python/object:pathlib.PosixPath [x]\nargs: !!python/name:os.system x\n", ("--lr", "1")),
        ("lr: 1\nsmall: &a true\namp: *a\n", ("--lr", "1", "--small", "--amp")),
        ("lr: 0.5\n", ("--lr", "0.5")),
        ("args: !!python/object:argparse.Namespace\n  lr: 2\n  model: b.pth\n", ("--model", "b.pth", "--lr", "2")),
    ],
)
def test_lightning(project: Path, hparams: str, argv: tuple[str, ...]) -> None:
    found = only(project, {"lightning_logs/version_3/hparams.yaml": hparams})
    assert found == Command(project / "train.py", argv, project, None, "Lightning run lightning_logs/version_3")


def test_lightning_by_the_script_that_trains(project: Path) -> None:
    write(project, {"test.py": PARSER, "main.py": PARSER + "trainer.fit(model)\n"})
    assert only(project, {"tb/net/version_0/hparams.yaml": "lr: 1\nmodel: a"}).script == project / "main.py"


@pytest.mark.parametrize(
    "files",
    [
        {"test.py": PARSER, "h.yaml": "lr: 1\nmodel: a\n"},
        {"h.yaml": "lr: 1\nwidth: 3\n"},
        {"h.yaml": "- lr\n"},
        {"h.yaml": "{}\n"},
    ],
)
def test_lightning_of_an_unknown_script(project: Path, files: dict[str, str]) -> None:
    write(project, {name.replace("h.yaml", "lightning_logs/version_0/hparams.yaml"): t for name, t in files.items()})
    assert past_runs(project) == ()


def mlflow(source: str, **params: str) -> dict[str, str]:
    run = "mlruns/0/0123abcd"
    files = {f"{run}/params/{name}": text for name, text in params.items()}
    return {f"{run}/tags/mlflow.source.name": source, f"{run}/tags/mlflow.source.type": "LOCAL", **files}


@pytest.mark.parametrize(
    ("source", "params", "argv"),
    [
        ("train.py", {"lr": "0.1", "model": "a.pth", "seed": "1"}, ("--model", "a.pth", "--lr", "0.1")),
        ("/home/me/proj/train.py\n", {"model": "/home/me/proj/a.pth"}, ("--model", "{root}/a.pth")),
        ("train.py", {"small": "True", "amp": "False", "lr": "None"}, ("--small", "--no-amp")),
        ("train.py", {"sizes": "[1, 2]", "model": "[unclosed"}, ("--model", "[unclosed", "--sizes", "1", "2")),
    ],
)
def test_mlflow(project: Path, source: str, params: dict[str, str], argv: tuple[str, ...]) -> None:
    found = only(project, mlflow(source, **params))
    here = tuple(word.replace("{root}", str(project)) for word in argv)
    assert found == Command(project / "train.py", here, project, None, "MLflow run 0123abcd")


# -- order, damage, bounds -------------------------------------------------------------------------------------


def test_the_newest_comes_first(project: Path) -> None:
    files = {
        "lightning_logs/version_9/hparams.yaml": "lr: 9\n",
        "lightning_logs/version_10/hparams.yaml": "lr: 10\n",
        WANDB: metadata(program="train.py", args=["--lr", "7"]),
        **mlflow("train.py", lr="8"),
    }
    write(project, files)
    moments = {"9/hparams": 2, "10/hparams": 2, "metadata": 1, "source.name": 3}
    for name in files:
        for part, moment in moments.items():
            if part in name:
                os.utime(project / name, (moment, moment))
    assert [run.argv[-1] for run in past_runs(project)] == ["8", "10", "9", "7"]


DAMAGED: dict[str, str | bytes] = {
    WANDB: "{",
    "wandb/run-1/files/wandb-metadata.json": "[" * 100_000,
    "wandb/run-2/files/wandb-metadata.json": "[]",
    "wandb/run-3/files/wandb-metadata.json": json.dumps({"program": 3}),
    "wandb/run-4/files/wandb-metadata.json": json.dumps({"program": "train.py", "args": "x"}),
    "wandb/run-5/files/wandb-metadata.json": json.dumps({"program": "a\0.py"}),
    "wandb/run-6/files/wandb-metadata.json": json.dumps({"program": "/home/me/gone.py"}),
    "wandb/run-7/files/wandb-metadata.json": json.dumps({"program": "../../../etc/passwd"}),
    "wandb/run-8/files/wandb-metadata.json": json.dumps({"program": "-m pkg..main"}),
    "wandb/run-9/files/wandb-metadata.json": b" " * 2_000_000 + json.dumps({"program": "train.py"}).encode(),
    "wandb/run-10/files/wandb-metadata.json": json.dumps({"program": "notes.ipynb"}),
    "notes.ipynb": "{}",
    "outputs/a/.hydra/overrides.yaml": "- [",
    "outputs/b/.hydra/overrides.yaml": "x: 1",
    "outputs/c/.hydra/overrides.yaml": "- {a: b}",
    "outputs/d/.hydra/overrides.yaml": "- a=b",
    "outputs/e/.hydra/overrides.yaml": "- a=b",
    "outputs/e/.hydra/hydra.yaml": "[" * 100_000,
    "lightning_logs/version_0/hparams.yaml": b"\xff\xfe\x00",
    "lightning_logs/version_1/hparams.yaml": "",
    "lightning_logs/version_2/hparams.yaml": "a: &a {x: 1}\nb: &b {<<: [*a, *a]}\nlr: *nowhere\n",
    "lightning_logs/version_3/hparams.yaml": "a: &a !!python/object:argparse.Namespace\n  b: {c: *a}\n",
    "mlruns/0/x/tags/mlflow.source.name": b"\xff\x00",
    "mlruns/0/y/tags/mlflow.source.name": "",
    "mlruns/0/z/tags/mlflow.source.name": ".",
}


@pytest.mark.parametrize("name", DAMAGED)
def test_what_is_damaged_is_passed_over(project: Path, name: str) -> None:
    write(project, {"app.py": APP, name: DAMAGED[name]})
    assert past_runs(project) == ()


def test_damage_costs_only_itself(project: Path) -> None:
    write(project, {**DAMAGED, WANDB: metadata(program="train.py")})
    os.mkfifo(project / "lightning_logs/version_0/pipe")
    (project / "lightning_logs/version_1/hparams.yaml").unlink()
    os.mkfifo(project / "lightning_logs/version_1/hparams.yaml")
    (project / "lightning_logs/version_2/hparams.yaml").unlink()
    (project / "lightning_logs/version_2/hparams.yaml").symlink_to("hparams.yaml")
    assert [run.script.name for run in past_runs(project)] == ["train.py"]


def test_environments_and_hidden_folders_are_not_searched(project: Path) -> None:
    write(project, {f".cache/{WANDB}": metadata(program="train.py"), "env/pyvenv.cfg": ""})
    write(project, {f"env/{WANDB}": metadata(program="train.py")})
    assert past_runs(project) == ()


def test_only_the_newest_of_many_are_read(project: Path) -> None:
    for number in range(MOST_RUNS + 20):
        write(project, {f"lightning_logs/version_{number}/hparams.yaml": f"lr: {number}\n"})
        os.utime(project / f"lightning_logs/version_{number}/hparams.yaml", (number, number))
    found = past_runs(project)
    assert [run.argv for run in found[:2]] == [("--lr", f"{MOST_RUNS + 19}"), ("--lr", f"{MOST_RUNS + 18}")]
    assert len(found) == MOST_RUNS


def test_links_in_a_circle_end(project: Path) -> None:
    (project / "loop").symlink_to(project)
    assert only(project, {WANDB: metadata(program="train.py")}).script == project / "train.py"
