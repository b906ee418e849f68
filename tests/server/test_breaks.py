"""The break that is about to be made: a model is edited, and what loads into it is told at once, in whichever file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from lsprotocol import types as lsp

from .editor import Editor, editing
from .project import LOAD, save_checkpoint, script

pytestmark = [pytest.mark.asyncio, pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning")]

MODEL = """\
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)

    def forward(self, x):
        return self.fc(x)
"""
BOTH = {"missing-keys", "unexpected-keys"}


@pytest.fixture
def model(project: Path) -> Path:
    """A model beside `train.py`, which loads into it, and beside a script that has nothing to do with it."""
    save_checkpoint(project / "net.pth")
    save_checkpoint(project / "other.pth", prefix="module.")
    (project / "train.py").write_text(f"import torch\nfrom model import Net\n\nnet = Net()\n{LOAD}\n")
    (project / "other.py").write_text(script(LOAD.replace("net.pth", "other.pth")))
    path = project / "model.py"
    path.write_text(MODEL)
    return path


async def test_an_edit_is_told_in_an_unopened_file_before_saving_and_taken_back(model: Path) -> None:
    train = model.with_name("train.py")
    async with editing(model.parent) as editor:
        uri = editor.open(model)
        editor.replace(uri, MODEL.replace("self.fc", "self.head"))
        await editor.until(train.as_uri(), BOTH)
        [said] = [said for said in editor.published if said.uri == train.as_uri()]
        assert said.version is None
        assert {shown.range.start.line for shown in said.diagnostics} == {4}
        [missing] = [shown for shown in said.diagnostics if shown.code == "missing-keys"]
        place = _related(missing, "model.py")
        assert place.location.range.start.line == 6
        assert editor.text_at(uri, place.location.range) == "self.head = nn.Linear(4, 2)"
        assert model.read_text() == MODEL

        editor.replace(uri, MODEL)
        await editor.until(train.as_uri(), set())
    assert {Path(said.uri).name for said in editor.published} == {"model.py", "train.py"}


async def test_the_edited_line_itself_is_marked(model: Path) -> None:
    async with editing(model.parent) as editor:
        uri = editor.open(model)
        editor.replace(uri, MODEL.replace("nn.Linear(4, 2)", "nn.Linear(4, 3)"))
        await editor.until(uri, {"size-mismatch"})
        [shown] = _newest(editor, uri)
        assert editor.text_at(uri, shown.range) == "self.fc = nn.Linear(4, 3)"
        assert shown.severity == lsp.DiagnosticSeverity.Error
        assert shown.message.startswith("train.py:5: 2 tensors of net.pth have other sizes than in Net")
        back = _related(shown, "train.py")
        assert back.location.range.start == lsp.Position(4, 0)
        editor.replace(uri, MODEL)
        await editor.until(uri, set())


async def test_a_deleted_line_is_told_where_it_was(model: Path) -> None:
    save_checkpoint(model.with_name("net.pth"), more={"extra.weight": 3})
    with_extra = MODEL.replace(
        "\n\n    def forward", "\n        self.extra = nn.Linear(3, 1, bias=False)\n\n    def forward"
    )
    model.write_text(with_extra)
    async with editing(model.parent) as editor:
        uri = editor.open(model)
        editor.replace(uri, MODEL)
        await editor.until(uri, {"unexpected-keys"})
        [shown] = _newest(editor, uri)
        assert "self.fc = nn.Linear(4, 2)" in editor.text_at(uri, shown.range)
        assert shown.range.start.line == 6


async def test_open_file_and_model_tell_the_same(model: Path) -> None:
    async with editing(model.parent) as editor:
        train = editor.open(model.with_name("train.py"))
        assert await editor.diagnostics(train) == []
        uri = editor.open(model)
        editor.replace(uri, MODEL.replace("self.fc", "self.head"))
        await editor.until(train, BOTH)
        await editor.until(uri, {"missing-keys"})
        editor.close(train)
        await editor.until(train, BOTH)
        await editor.until(uri, {"missing-keys"})
        editor.close(uri)
        await editor.until(train, set())
        await editor.until(uri, set())


async def test_opening_the_followed_file_makes_it_one_of_the_open_ones(model: Path) -> None:
    train = model.with_name("train.py")
    async with editing(model.parent) as editor:
        uri = editor.open(model)
        editor.replace(uri, MODEL.replace("self.fc", "self.head"))
        await editor.until(train.as_uri(), BOTH)
        opened = editor.open(train)
        found = await editor.diagnostics(opened)
        assert {shown.code for shown in found} == BOTH
        [best] = [action for action in await editor.actions(opened, found[0].range) if action.is_preferred]
        editor.apply(best)
        await editor.until(opened, set())


async def test_what_was_broken_before_is_not_the_edit_s_doing(model: Path) -> None:
    """Files are checked one after the other, so the first one's check is over when the second one's is told."""
    first, second = model.with_name("a_broken_before.py"), model.with_name("train.py")
    first.write_text(second.read_text().replace("net.pth", "other.pth"))
    second.write_text(second.read_text().replace("Net", "Other"))
    both = MODEL + MODEL.partition("\n\n")[2].replace("Net", "Other")
    model.write_text(both)
    async with editing(model.parent) as editor:
        uri = editor.open(model)
        editor.replace(uri, both[::-1].replace("self.fc"[::-1], "self.head"[::-1], 2)[::-1])
        await editor.until(second.as_uri(), BOTH)
        assert first.as_uri() not in {said.uri for said in editor.published}


async def test_a_model_in_the_middle_of_typing_keeps_the_last_findings(model: Path) -> None:
    async with editing(model.parent) as editor:
        train = editor.open(model.with_name("train.py"))
        uri = editor.open(model)
        editor.replace(uri, MODEL.replace("self.fc", "self.head"))
        await editor.until(train, BOTH)
        seen = len([said for said in editor.published if said.uri == train])
        editor.replace(uri, MODEL.replace("self.fc", "self.(head"))
        await _quiet(editor, uri)
        assert len([said for said in editor.published if said.uri == train]) == seen


def _newest(editor: Editor, uri: str) -> Sequence[lsp.Diagnostic]:
    return [said for said in editor.published if said.uri == uri][-1].diagnostics


async def _quiet(editor: Editor, uri: str) -> None:
    """Code actions wait for the check of the newest text."""
    await editor.actions(uri, lsp.Range(lsp.Position(0, 0), lsp.Position(0, 0)))


def _related(shown: lsp.Diagnostic, name: str) -> lsp.DiagnosticRelatedInformation:
    [place] = [place for place in shown.related_information or () if place.location.uri.endswith(name)]
    return place
