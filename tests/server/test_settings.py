"""Settings by every way that clients have, and which of two wins."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from lsprotocol import types as lsp

from ckpt_lsp.server.configuration import section

from .editor import editing
from .project import LOAD, save_checkpoint, script


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"python": "p"}, {"python": "p"}),
        ({"ckptLsp": {"python": "p", "sandbox": None}}, {"python": "p"}),
        ({"ckptLsp": None}, {}),
        (None, {}),
        ([], {}),
        ("python", {}),
    ],
)
def test_section(value: object, expected: dict[str, object]) -> None:
    assert section(value) == expected


@pytest.mark.asyncio
async def test_initialization_options_win_over_settings(project: Path) -> None:
    """An extension that has worked out the interpreter is not overruled by an empty setting."""
    options = {"python": sys.executable}
    async with editing(project, options=options, settings={"python": "/no/such/python"}) as editor:
        uri = editor.open(project / "train.py", script())
        assert await editor.diagnostics(uri)
        assert not editor.client.messages


@pytest.mark.asyncio
async def test_untrusted_stays_so_whatever_the_settings_become(project: Path) -> None:
    async with editing(project, options={"trusted": False}) as editor:
        editor.open(project / "train.py", script())
        assert "trust" in (await editor.message()).message
        changed = lsp.DidChangeConfigurationParams(settings={"ckptLsp": {"trusted": True}})
        editor.client.set_configuration({"ckptLsp": {"trusted": True}})
        editor.client.workspace_did_change_configuration(changed)
        await editor.message(2)
        assert not any(said.diagnostics for said in editor.published)


@pytest.mark.asyncio
async def test_checkpoint_roots_open_a_folder(project: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "weights"
    elsewhere.mkdir()
    save_checkpoint(elsewhere / "net.pth", prefix="module.")
    text = script(LOAD.replace("net.pth", str(elsewhere / "net.pth")))
    async with editing(project) as editor:
        uri = editor.open(project / "train.py", text)
        assert all(shown.severity != lsp.DiagnosticSeverity.Error for shown in await editor.diagnostics(uri))
        editor.client.set_configuration({"ckptLsp": {"checkpointRoots": [str(elsewhere)]}})
        editor.client.workspace_did_change_configuration(lsp.DidChangeConfigurationParams(settings=None))
        await editor.until(uri, {"missing-keys", "unexpected-keys"})


@pytest.mark.asyncio
async def test_client_is_asked_for_news_of_settings_and_files(project: Path) -> None:
    async with editing(project) as editor:
        await editor.diagnostics(editor.open(project / "train.py", script()))
        asked = {registration.method for registration in editor.registered}
        assert asked == {lsp.WORKSPACE_DID_CHANGE_CONFIGURATION, lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES}
