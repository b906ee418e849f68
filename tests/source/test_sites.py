"""Which calls count as load sites, and where they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from ckpt_lsp.source import sites
from ckpt_lsp.source.tree import parse
from ckpt_lsp.types import Span


def found(text: str) -> list[sites.FoundSite]:
    return sites.find(parse(Path("/project/main.py"), text))


@pytest.mark.parametrize(
    "text",
    [
        "model.load_state_dict(sd)",
        "self.net.load_state_dict(sd, strict=False)",
        "nets[0].load_state_dict(state_dict=sd)",
        "build().load_state_dict(torch.load('a.pth')['model'])",
        "getattr(self, 'net' + n).load_state_dict(sd)",
        "opt = Net()\nopt.load_state_dict(sd)",
        "async def f():\n    (await get()).load_state_dict(sd)",
    ],
)
def test_loads_into_a_model(text: str) -> None:
    assert len(found(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "optimizer.load_state_dict(sd)",
        "self.optimizer_G.load_state_dict(sd)",
        "scheduler.load_state_dict(sd)",
        "lr_scheduler.load_state_dict(sd)",
        "scaler.load_state_dict(sd)",
        "tool = torch.optim.Adam(ps)\ntool.load_state_dict(sd)",
        "s = StepLR(o, 3)\ns.load_state_dict(sd)",
        "super().load_state_dict(sd)",
        "model.load_state_dict()",
        "load_state_dict(model, sd)",
        "# model.load_state_dict(sd)",
    ],
)
def test_loads_into_something_else(text: str) -> None:
    assert found(text) == []


def test_position_counts_code_points() -> None:
    (site,) = found("if True:\n    x = '𝛼é'; model.load_state_dict(sd)\n")
    assert site.site.span == Span(2, 15, 2, 40)


def test_a_form_feed_ends_no_line() -> None:
    (site,) = found("x = 1\n\f\nmodel.load_state_dict(sd)\n")
    assert site.site.span == Span(3, 1, 3, 26)


def test_two_on_a_line_in_order() -> None:
    first, second = found("a.load_state_dict(x); b.load_state_dict(y)")
    assert (first.site.receiver, second.site.receiver) == ("a", "b")
