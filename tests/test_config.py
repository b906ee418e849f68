"""Where settings come from, which wins, and what is said of those that cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from ckpt_lsp.config import SANDBOXES, ConfigError, ConfiguredScenario, Settings, load_settings
from ckpt_lsp.sandbox.choice import SETTINGS
from ckpt_lsp.types import Finding, Severity, Span


def write(root: Path, table: str) -> Path:
    file = root / "pyproject.toml"
    file.write_text(f"[tool.ckpt-lsp]\n{table}\n", encoding="utf-8")
    return file


def test_defaults_without_pyproject(tmp_path: Path) -> None:
    assert load_settings(tmp_path) == Settings()


def test_every_mechanism_can_be_asked_for() -> None:
    assert SANDBOXES == SETTINGS


def test_all_of_pyproject(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        """
        python = "env/bin/python"
        sandbox = "landlock"
        checkpoint-roots = ["weights", "/data"]
        fail-on = "warning"
        exclude = ["third_party"]
        limits = {wall-seconds = 2.5, memory-bytes = 1000}
        [tool.ckpt-lsp.severity]
        missing-keys = "warning"
        unexpected-keys = "off"
        """,
    )
    settings = load_settings(tmp_path)
    assert settings.python == tmp_path / "env/bin/python"
    assert settings.python_source == f"{file}: [tool.ckpt-lsp] python"
    assert settings.sandbox == "landlock"
    assert settings.checkpoint_roots == (tmp_path / "weights", Path("/data"))
    assert settings.fail_on is Severity.WARNING
    assert settings.exclude == ("third_party",)
    assert (settings.limits.wall_seconds, settings.limits.memory_bytes) == (2.5, 1000)
    assert settings.severity == {"missing-keys": Severity.WARNING, "unexpected-keys": None}


def test_editor_wins_over_pyproject_and_flags_over_both(tmp_path: Path) -> None:
    write(tmp_path, 'sandbox = "landlock"\nfail-on = "hint"\nexclude = ["a"]')
    editor = {"sandbox": "bubblewrap", "failOn": "warning"}
    settings = load_settings(tmp_path, editor, {"sandbox": "off", "fail-on": None})
    assert (settings.sandbox, settings.fail_on, settings.exclude) == ("off", Severity.WARNING, ("a",))


def test_an_editor_has_settings_that_are_not_ours(tmp_path: Path) -> None:
    editor = {"trace.server": "off", "server": {"command": []}, "python": "", "trusted": False}
    settings = load_settings(tmp_path, editor)
    assert (settings.python, settings.trusted) == (None, False)


def test_python_by_name_is_looked_up_and_links_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = tmp_path / "real"
    real.write_text("#!/bin/sh\n")
    real.chmod(0o755)
    link = tmp_path / "mypython"
    link.symlink_to(real)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert load_settings(tmp_path / "elsewhere", flags={"python": "mypython"}).python == link


@pytest.mark.parametrize(
    ("table", "key", "says"),
    [
        ('sandbox = "of"', "sandbox", "none of auto, bubblewrap, landlock, seatbelt, off"),
        ('sandbox = "off"', "sandbox", "pass --sandbox off"),
        ("trusted = true", "trusted", "only the user"),
        ('pyhton = "x"', "pyhton", "did you mean python?"),
        ("zzz = 1", "zzz", "there are checkpoint-roots, exclude"),
        ("python = 3", "python", "must be a path as text, not 3"),
        ('exclude = "a"', "exclude", "must be a list of texts"),
        ("exclude = [1]", "exclude", "must be a list of texts"),
        ("limits = {wall-seconds = 0}", "limits.wall-seconds", "above 0"),
        ("limits = {cpu-seconds = true}", "limits.cpu-seconds", "above 0"),
        ("limits = {wall-seconds = inf}", "limits.wall-seconds", "above 0"),
        ("limits = {seconds = 1}", "limits.seconds", "there are wall-seconds"),
        ('severity = {missing-keys = "bad"}', "severity.missing-keys", "hint, off"),
        ('scenario = "demo.py"', "scenario", "must be tables: write [[tool.ckpt-lsp.scenario]]"),
        ("scenario = [3]", "scenario[1]", "must be a table"),
        ("[[tool.ckpt-lsp.scenario]]", "scenario[1].script", "is missing"),
        ('scenario = [{script = "gone.py"}]', "scenario[1].script", "gone.py; correct the path"),
        ('scenario = [{script = ""}]', "scenario[1].script", "must be a path as text, not ''"),
        ('scenario = [{script = "a.py"}, {script = "a.py", arg = []}]', "scenario[2].arg", "has script, argv, cwd"),
        ('scenario = [{script = "a.py", argv = "--x \'y"}]', "scenario[1].argv", "no closing quotation"),
        ('scenario = [{script = "a.py", argv = 3}]', "scenario[1].argv", "must be a list of texts, not 3"),
        ('scenario = [{script = "a.py", cwd = 3}]', "scenario[1].cwd", "must be a path as text, not 3"),
        ('scenario = [{script = "a.py", cwd = "a.py"}]', "scenario[1].cwd", "a.py; correct the path"),
        ('scenario = [{script = "a.py", checkpoint = "a\\u0000"}]', "scenario[1].checkpoint", "a path as text"),
        ('scenario = [{script = "a.py", env = []}]', "scenario[1].env", "must be a table of texts"),
        ('scenario = [{script = "a.py", env = {A = 1}}]', "scenario[1].env.A", "must be a text, not 1"),
        ('scenario = [{script = "a.py", env = {"A=B" = ""}}]', "scenario[1].env.A=B", "is no environment variable"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, table: str, key: str, says: str) -> None:
    (tmp_path / "a.py").touch()
    file = write(tmp_path, table)
    with pytest.raises(ConfigError) as raised:
        load_settings(tmp_path)
    assert str(raised.value).startswith(f"{file}: [tool.ckpt-lsp] {key}: ")
    assert says in str(raised.value)


def test_scenarios(tmp_path: Path) -> None:
    (tmp_path / "demo.py").touch()
    (tmp_path / "tools").mkdir()
    write(
        tmp_path,
        """
        [[tool.ckpt-lsp.scenario]]
        script = "demo.py"
        argv = ["--model", "my weights/raft.pth"]
        cwd = "tools"
        checkpoint = "/data/raft.pth"
        env = {DATA = "/data"}
        [[tool.ckpt-lsp.scenario]]
        script = "demo.py"
        argv = "--model 'my weights/raft.pth' --small"
        """,
    )
    script, model = tmp_path / "demo.py", ("--model", "my weights/raft.pth")
    assert load_settings(tmp_path).scenario == (
        ConfiguredScenario(script, model, tmp_path / "tools", Path("/data/raft.pth"), {"DATA": "/data"}),
        ConfiguredScenario(script, (*model, "--small")),
    )


@pytest.mark.parametrize("content", [b"[tool.ckpt-lsp\n", b"\xff\xfe", b"[tool]\nckpt-lsp = 3\n"])
def test_a_broken_pyproject_is_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_bytes(content)
    with pytest.raises(ConfigError, match=r"pyproject\.toml: ") as raised:
        load_settings(tmp_path)
    assert str(file) in str(raised.value)


def test_a_bad_editor_setting_is_spelled_as_the_editor_does(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"editor setting ckptLsp\.checkpointRoots: must be a list"):
        load_settings(tmp_path, {"checkpointRoots": "/data"})


def test_severities_are_applied() -> None:
    span = Span(1, 1, 1, 2)
    rules = ("missing-keys", "unexpected-keys", "size-mismatch")
    found = [Finding(rule, Severity.ERROR, Path("a.py"), span, "…") for rule in rules]
    settings = Settings(severity={"missing-keys": Severity.HINT, "unexpected-keys": None})
    graded = [(finding.rule, finding.severity) for finding in settings.graded(found)]
    assert graded == [("missing-keys", Severity.HINT), ("size-mismatch", Severity.ERROR)]
