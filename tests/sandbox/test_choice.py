"""The strongest mechanism that works is chosen; where none does, nothing runs and the text says what helps."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ckpt_lsp.sandbox import Confinement, Unavailable, choice, choose
from ckpt_lsp.sandbox.interface import Visible
from ckpt_lsp.sandbox.seatbelt import profile


@pytest.fixture(autouse=True)
def forget() -> None:
    choice._find.cache_clear()


def test_an_unknown_setting_is_an_error() -> None:
    with pytest.raises(ValueError, match="expected one of auto, bubblewrap"):
        choose("none")


@pytest.mark.skipif(sys.platform == "win32", reason="no dry runs on Windows")
def test_off_is_chosen_only_by_name() -> None:
    chosen = choose("off")
    assert isinstance(chosen, Confinement)
    assert chosen.name == "off"
    automatic = choose("auto")
    assert isinstance(automatic, Unavailable) or automatic.name != "off"


@pytest.mark.skipif(sys.platform != "linux", reason="the mechanisms of Linux")
def test_without_bubblewrap_it_is_landlock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if isinstance(choose("landlock"), Unavailable):
        pytest.skip("the kernel has no Landlock")
    monkeypatch.setenv("PATH", str(tmp_path))
    choice._find.cache_clear()
    chosen = choose("auto")
    assert isinstance(chosen, Confinement)
    assert chosen.name == "landlock"


@pytest.mark.skipif(sys.platform != "linux", reason="the mechanisms of Linux")
def test_bubblewrap_that_does_not_work_is_named_with_its_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "bwrap"
    broken.write_text('#!/bin/sh\n[ "$1" = --version ] || { echo "bwrap: no permission" >&2; exit 1; }\n')
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    found = choose("bubblewrap")
    assert isinstance(found, Unavailable)
    assert "no permission" in found.reason
    assert "--sandbox off" in found.reason
    assert "pyproject.toml cannot" in found.reason


@pytest.mark.skipif(sys.platform == "darwin", reason="seatbelt works here")
def test_a_mechanism_of_another_system_is_unavailable() -> None:
    found = choose("seatbelt")
    assert isinstance(found, Unavailable)
    assert "this is not macOS" in found.reason


def test_windows_executes_nothing_whatever_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    for setting in choice.SETTINGS:
        found = choose(setting)
        assert isinstance(found, Unavailable)
        assert "nothing of the workspace is executed; run ckpt-lsp in WSL" in found.reason


def test_the_profile_for_macos_quotes_paths() -> None:
    text = profile(Visible(read=(Path('/a "b"'),)), Path("/scratch"))
    assert '(subpath "/a \\"b\\"")' in text
    assert text.startswith("(version 1)\n(deny default)\n")
    assert text.count("file-write*") == 1
