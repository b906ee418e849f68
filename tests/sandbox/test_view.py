"""What is visible, found without executing anything: even a hostile workspace cannot widen it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from ckpt_lsp.sandbox.paths import trail, without_nested
from ckpt_lsp.sandbox.view import View, look

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX paths")


class Machine:
    """A home with secrets, a Python installation and a workspace with a virtual environment."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.base = folder / "opt" / "python"
        self.root = self.home / "work" / "project"
        self.venv = self.root / ".venv"
        self.packages = self.venv / "lib" / "python3.11" / "site-packages"
        for secret in (".ssh", ".aws", ".config"):
            (self.home / secret).mkdir(parents=True)
            (self.home / secret / "key.py").write_text("SECRET = 1\n")
        (self.base / "lib" / "python3.11").mkdir(parents=True)
        (self.base / "lib" / "python3.11" / "os.py").touch()
        (self.base / "bin").mkdir()
        (self.base / "bin" / "python3.11").touch()
        self.packages.mkdir(parents=True)
        (self.venv / "bin").mkdir()
        self.python = self.venv / "bin" / "python"
        self.python.symlink_to(self.base / "bin" / "python3.11")
        self.settings(home=str(self.base / "bin"))

    def settings(self, **pairs: str) -> None:
        (self.venv / "pyvenv.cfg").write_text("".join(f"{key} = {value}\n" for key, value in pairs.items()))

    def sees(self, path: Path, root: Path | None = None, **environ: str) -> bool:
        visible = look(View.of(root or self.root), self.python, environ, self.home)
        return any(path.resolve().is_relative_to(read) for read in visible.read)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def package(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "module.py").touch()
    return folder


def test_workspace_and_installation_are_visible_and_the_home_is_not(machine: Machine) -> None:
    assert machine.sees(machine.root / "train.py")
    assert machine.sees(machine.base / "lib" / "python3.11" / "os.py")
    for hidden in (".ssh/key.py", ".aws/key.py", "work/other"):
        assert not machine.sees(machine.home / hidden)


def test_targets_of_pth_files_are_visible(machine: Machine) -> None:
    target = package(machine.home / "src" / "library")
    (machine.packages / "library.pth").write_text(f"# comment\nimport evil\n{target}\n")
    assert machine.sees(target / "module.py")


def test_editable_installs_are_visible(machine: Machine) -> None:
    by_record, by_finder = package(machine.home / "src" / "a"), package(machine.home / "src" / "b")
    info = machine.packages / "a-1.0.dist-info"
    info.mkdir()
    record = {"url": by_record.as_uri(), "dir_info": {"editable": True}}
    (info / "direct_url.json").write_text(json.dumps(record))
    (machine.packages / "__editable___b_1_finder.py").write_text(
        f"MAPPING: dict[str, str] = {{'b': {str(by_finder)!r}}}\n"
    )
    assert machine.sees(by_record / "module.py")
    assert machine.sees(by_finder / "module.py")


@pytest.mark.parametrize("target", [".ssh", ".aws", ".", "..", "../..", ".config"])
def test_a_hostile_pth_file_does_not_open_the_home(machine: Machine, target: str) -> None:
    (machine.packages / "hostile.pth").write_text(f"{machine.home / target}\n")
    assert not machine.sees(machine.home / ".ssh" / "key.py")
    assert not machine.sees(machine.home / ".config" / "key.py")


@pytest.mark.parametrize("home", [".ssh", ".", "bin", "../home/bin"])
def test_a_hostile_environment_does_not_open_the_home(machine: Machine, home: str) -> None:
    machine.settings(home=str(machine.home / home))
    assert not machine.sees(machine.home / ".ssh" / "key.py")


def test_broken_files_of_an_environment_are_passed_over(machine: Machine) -> None:
    (machine.packages / "bad.pth").write_bytes(b"\xff\xfe\x00nonsense\n\0\n" + b"x" * 5000)
    (machine.packages / "__editable___x_finder.py").write_text("MAPPING = __import__('os').system('true')")
    (machine.packages / "y.dist-info").mkdir()
    (machine.packages / "y.dist-info" / "direct_url.json").write_text('{"url": 3}')
    assert machine.sees(machine.root)


def test_a_home_as_workspace_shows_only_what_is_not_hidden(machine: Machine) -> None:
    for root in (machine.home, machine.home.parent, Path("/")):
        assert machine.sees(machine.home / "work" / "project", root)
        assert not machine.sees(machine.home / ".ssh" / "key.py", root)


def test_a_workspace_that_links_to_secrets_does_not_show_them(machine: Machine) -> None:
    (machine.root / "data").symlink_to(machine.home / ".ssh")
    assert not machine.sees(machine.home / ".ssh" / "key.py")


def test_a_workspace_reached_by_a_link_keeps_that_path(machine: Machine, tmp_path: Path) -> None:
    link = tmp_path.resolve() / "link"
    link.symlink_to(machine.root)
    visible = look(View.of(link), machine.python, {}, machine.home)
    assert (link, str(machine.root)) in visible.links
    assert machine.sees(machine.root, link)


def test_caches_are_visible_but_not_their_tokens(machine: Machine) -> None:
    for place in ("torch/hub/checkpoints", "huggingface/hub/models", "elsewhere/hub"):
        (machine.home / ".cache" / place).mkdir(parents=True)
    (machine.home / ".cache" / "huggingface" / "token").touch()
    assert machine.sees(machine.home / ".cache/torch/hub/checkpoints")
    assert machine.sees(machine.home / ".cache/huggingface/hub/models")
    assert not machine.sees(machine.home / ".cache/huggingface/token")
    elsewhere = machine.home / ".cache" / "elsewhere"
    assert machine.sees(elsewhere / "hub", HF_HOME=str(elsewhere))


def test_checkpoint_roots_are_visible(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "weights").mkdir()
    visible = look(View.of(machine.root, [tmp_path / "weights"]), machine.python, {}, machine.home)
    assert (tmp_path / "weights").resolve() in visible.read


def test_what_is_named_and_not_shown_is_told(machine: Machine, tmp_path: Path) -> None:
    roots = [machine.home / ".ssh", tmp_path / "gone", machine.root]
    told = look(View.of(machine.root, roots), machine.python, {}, machine.home).left_out
    assert [line.partition(": ")[0] for line in told] == [str(machine.home / ".ssh"), str(tmp_path / "gone")]
    assert "keys and tokens" in told[0]
    assert "does not exist" in told[1]
    assert "hidden folders" in look(View.of(machine.home), machine.python, {}, machine.home).left_out[0]


@pytest.mark.parametrize("root", [".ssh", ".aws", ".config", ".", ".."])
def test_a_checkpoint_root_named_by_a_hostile_workspace_does_not_show_secrets(machine: Machine, root: str) -> None:
    visible = look(View.of(machine.root, [machine.home / root]), machine.python, {}, machine.home)
    assert not any((machine.home / ".ssh" / "key.py").is_relative_to(path) for path in visible.read)
    assert not any((machine.home / ".config" / "key.py").is_relative_to(path) for path in visible.read)


def test_the_user_site_is_used_only_where_the_interpreter_would(machine: Machine) -> None:
    user = machine.home / ".local" / "lib" / "python3.11" / "site-packages"
    user.mkdir(parents=True)
    assert not machine.sees(user)
    machine.settings(home=str(machine.base / "bin"), **{"include-system-site-packages": "true"})
    assert machine.sees(user)
    visible = look(View.of(machine.root), machine.base / "bin" / "python3.11", {}, machine.home)
    assert visible.site_folders == (str(user),)


def test_the_environment_is_an_allow_list(machine: Machine) -> None:
    environ = {
        "AWS_SECRET_ACCESS_KEY": "x",
        "LANG": "C.UTF-8",
        "LC_ALL": "C",
        "PYTHONPATH": "/x",
        "LD_PRELOAD": "/x.so",
    }
    visible = look(View.of(machine.root), machine.python, environ, machine.home).environment
    assert {"LANG", "LC_ALL"} <= visible.keys()
    assert not {"AWS_SECRET_ACCESS_KEY", "PYTHONPATH", "LD_PRELOAD"} & visible.keys()
    assert (visible["CUDA_VISIBLE_DEVICES"], visible["HF_HUB_OFFLINE"]) == ("", "1")


def test_a_trail_names_each_link_and_ends_at_the_real_place(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "second").symlink_to("real")
    (tmp_path / "first").symlink_to(tmp_path / "second")
    base = tmp_path.resolve()
    links, real = trail(base / "first")
    assert links == ((base / "first", str(tmp_path / "second")), (base / "second", "real"))
    assert real == base / "real"


def test_a_loop_of_links_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert trail(tmp_path / "a")[1] is None


def test_nested_paths_are_dropped() -> None:
    paths = [Path("/usr/lib"), Path("/usr"), Path("/usrlocal"), Path("/usr")]
    assert without_nested(paths) == (Path("/usr"), Path("/usrlocal"))
