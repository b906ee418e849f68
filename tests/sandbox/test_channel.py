"""What comes over the channel is believed only if it has the declared shape."""

from __future__ import annotations

from typing import Any

import pytest

from ckpt_lsp.worker.protocol import Answer, DryRunResult, Place, ProtocolError, to_plain
from ckpt_lsp.worker.shape import checked

GOOD: dict[str, Any] = to_plain(
    DryRunResult(
        status="raises",
        error_type="RuntimeError",
        error_message="Error(s)",
        at=Place("a.py", 1, 1, 1, 2),
        missing=["a"],
        mismatched=[["w", [1, 2], [3]]],
        model_entries=[["w", [3]], ["x", None]],
    )
)


def test_a_good_result_comes_through() -> None:
    assert to_plain(checked(DryRunResult, GOOD)) == GOOD


@pytest.mark.parametrize(
    "change",
    [
        {"status": "fine"},
        {"status": 1},
        {"status": "unresolved", "reason": None},
        {"status": "raises", "error_type": None},
        {"strict": "yes"},
        {"strict": 1},
        {"missing": "abc"},
        {"missing": [1]},
        {"mismatched": [["w", [1]]]},
        {"mismatched": [["w", [1], ["1"]]]},
        {"model_entries": [["w", [-1]]]},
        {"model_entries": [[1, [1]]]},
        {"model_entries": [[]]},
        {"model_entries": {"w": 1}},
        {"at": {"path": "a.py"}},
        {"at": {"path": "a.py", "line": "1", "column": 1, "end_line": 1, "end_column": 1}},
        {"at": "a.py"},
        {"asked_cuda": None},
    ],
)
def test_a_malformed_result_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError):
        checked(DryRunResult, {**GOOD, **change})


@pytest.mark.parametrize("value", [None, [], "loads", 1, {}])
def test_what_is_no_record_is_refused(value: object) -> None:
    with pytest.raises(ProtocolError):
        checked(DryRunResult, value)


def test_an_answer_is_checked_too() -> None:
    assert checked(Answer, {"raises": False}) == Answer(raises=False)
    with pytest.raises(ProtocolError):
        checked(Answer, {"raises": "no"})
