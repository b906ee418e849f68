"""A broken file is open: the diagnostic, its range in the client's units, and how it goes."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types as lsp

from .editor import UTF8, UTF16, UTF32, editing
from .project import LOAD, save_checkpoint, script

pytestmark = [pytest.mark.asyncio, pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning")]

BEFORE = "é, 漢, x = 'é', '漢', '𝄞 👩‍🚀'; "
"""Stands on the line of the call: two, three and four bytes in UTF-8, one and two units in UTF-16."""

CALL = LOAD


@pytest.mark.parametrize(
    ("encodings", "agreed", "column"),
    [
        ((UTF8,), UTF8, len(BEFORE.encode())),
        ((UTF16,), UTF16, len(BEFORE.encode("utf-16-le")) // 2),
        ((UTF32,), UTF32, len(BEFORE)),
        ((UTF32, UTF16), UTF32, len(BEFORE)),
        (None, UTF16, len(BEFORE.encode("utf-16-le")) // 2),
        (("ebcdic",), UTF16, len(BEFORE.encode("utf-16-le")) // 2),
    ],
    ids=["utf-8", "utf-16", "utf-32", "the client's first", "client says nothing", "client says nonsense"],
)
async def test_range_is_the_call_and_a_fix_clears_it(
    project: Path, encodings: tuple[str, ...] | None, agreed: str, column: int
) -> None:
    path = project / "train.py"
    path.write_text(script(BEFORE + CALL), encoding="utf-8")
    async with editing(project, encodings=encodings) as editor:
        assert editor.encoding == agreed
        uri = editor.open(path)
        [broken, *rest] = await editor.diagnostics(uri)
        assert broken.range.start == lsp.Position(9, column)
        assert editor.text_at(uri, broken.range) == CALL
        assert {shown.source for shown in (broken, *rest)} == {"ckpt-lsp"}

        [best] = [action for action in await editor.actions(uri, broken.range) if action.is_preferred]
        editor.apply(best)
        assert editor.texts[uri] != path.read_text(encoding="utf-8")
        assert BEFORE.rstrip("; ") in editor.texts[uri]
        assert await editor.diagnostics(uri) == []


async def test_diagnostic_says_what_is_wrong_in_plain_text(project: Path) -> None:
    path = project / "train.py"
    path.write_text(script())
    async with editing(project) as editor:
        found = await editor.diagnostics(editor.open(path))
    assert {shown.code for shown in found} == {"missing-keys", "unexpected-keys"}
    assert {shown.severity for shown in found} == {lsp.DiagnosticSeverity.Error}
    assert all("fc.{weight, bias}" in shown.message for shown in found)
    [unexpected] = [shown for shown in found if shown.code == "unexpected-keys"]
    assert unexpected.related_information
    listed = "".join(place.message for place in unexpected.related_information)
    assert "module.fc.weight" in listed and "module.fc.bias" in listed


async def test_typing_makes_and_mends_the_error(project: Path) -> None:
    path = project / "train.py"
    save_checkpoint(project / "net.pth")
    path.write_text(script())
    async with editing(project) as editor:
        uri = editor.open(path)
        assert await editor.diagnostics(uri) == []
        width = lsp.Range(lsp.Position(6, 31), lsp.Position(6, 32))
        assert editor.text_at(uri, width) == "2"
        editor.edit(uri, lsp.TextEdit(width, "3"))
        assert [shown.code for shown in await editor.diagnostics(uri)] == ["size-mismatch"]
        editor.edit(uri, lsp.TextEdit(width, "2"))
        assert await editor.diagnostics(uri) == []


async def test_only_the_newest_of_many_versions_is_published(project: Path) -> None:
    path = project / "train.py"
    path.write_text(script())
    async with editing(project) as editor:
        uri = editor.open(path)
        await editor.diagnostics(uri)
        for _ in range(20):
            editor.edit(uri, lsp.TextEdit(lsp.Range(lsp.Position(2, 0), lsp.Position(2, 0)), "#"))
        assert await editor.diagnostics(uri)
        assert {said.version for said in editor.published} == {1, 21}


async def test_form_feed_is_no_line_end(project: Path) -> None:
    path = project / "train.py"
    path.write_text(script(before="\x0c# a\x85b\u2028c"), encoding="utf-8")
    async with editing(project) as editor:
        uri = editor.open(path)
        assert all(editor.text_at(uri, shown.range) == CALL for shown in await editor.diagnostics(uri))
        editor.edit(uri, lsp.TextEdit(lsp.Range(lsp.Position(9, 0), lsp.Position(9, 0)), "x = 1; "))
        found = await editor.diagnostics(uri)
        assert found and all(editor.text_at(uri, shown.range) == CALL for shown in found)


async def test_crlf(project: Path) -> None:
    path = project / "train.py"
    path.write_bytes(script(BEFORE + CALL).replace("\n", "\r\n").encode())
    async with editing(project) as editor:
        uri = editor.open(path, path.read_bytes().decode())
        found = await editor.diagnostics(uri)
        assert found and all(editor.text_at(uri, shown.range) == CALL for shown in found)


async def test_closing_clears(project: Path) -> None:
    path = project / "train.py"
    path.write_text(script())
    async with editing(project) as editor:
        uri = editor.open(path)
        assert await editor.diagnostics(uri)
        seen = len(editor.published)
        editor.close(uri)
        assert await editor.next_diagnostics(uri, seen) == []


async def test_new_checkpoint_on_disk_is_noticed(project: Path) -> None:
    path = project / "train.py"
    path.write_text(script())
    async with editing(project) as editor:
        uri = editor.open(path)
        assert await editor.diagnostics(uri)
        seen = len(editor.published)
        save_checkpoint(project / "net.pth")
        event = lsp.FileEvent((project / "net.pth").as_uri(), lsp.FileChangeType.Changed)
        editor.client.workspace_did_change_watched_files(lsp.DidChangeWatchedFilesParams([event]))
        assert await editor.next_diagnostics(uri, seen) == []


async def test_new_checkpoint_is_noticed_though_the_client_watches_nothing(project: Path) -> None:
    path = project / "train.py"
    path.write_text(script())
    async with editing(project, like="neovim") as editor:
        uri = editor.open(path)
        assert await editor.diagnostics(uri)
        save_checkpoint(project / "net.pth")
        await editor.until(uri, set())
        (project / "net.pth").unlink()
        await editor.until(uri, {"checkpoint-not-found"})
        save_checkpoint(project / "net.pth", prefix="module.")
        await editor.until(uri, {"missing-keys", "unexpected-keys"})


async def test_saving_checks_again(project: Path) -> None:
    path = project / "train.py"
    path.write_text(script())
    async with editing(project) as editor:
        uri = editor.open(path)
        assert await editor.diagnostics(uri)
        seen = len(editor.published)
        save_checkpoint(project / "net.pth")
        editor.save(uri, path)
        assert await editor.next_diagnostics(uri, seen) == []


async def test_unsaved_model_of_another_file_counts(project: Path) -> None:
    save_checkpoint(project / "net.pth")
    model, train = project / "model.py", project / "train.py"
    model.write_text(
        "from torch import nn\n\nclass Net(nn.Module):\n    def __init__(self):\n"
        "        super().__init__()\n        self.fc = nn.Linear(4, 2)\n"
    )
    train.write_text(f"import torch\nfrom model import Net\nnet = Net()\n{LOAD}\n")
    async with editing(project) as editor:
        uri = editor.open(train)
        assert await editor.diagnostics(uri) == []
        other = editor.open(model)
        editor.replace(other, editor.texts[other].replace("self.fc", "self.head"))
        await editor.until(uri, {"missing-keys", "unexpected-keys"})
        editor.close(other)
        await editor.until(uri, set())
