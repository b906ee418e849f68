"""The contract, field by field."""

from __future__ import annotations

import json

import pytest

from ckpt_lsp.output import json as json_format
from ckpt_lsp.output.json import document
from ckpt_lsp.types import FileProblem, Mismatch, Raised, Raises, Span

from .reports import LOADS, PATH, RAISES, ROOT, SKIPPED, UNRESOLVED, finding, report, run


def test_a_site_that_raises() -> None:
    written = document(run(report(RAISES, finding(), source="argparse defaults")))
    (site,) = written["sites"]
    (found,) = site.pop("findings")
    assert written["version"] == 1
    assert site == {
        "path": "predict.py",
        "line": 4,
        "column": 1,
        "end_line": 4,
        "end_column": 47,
        "model": "net.Net",
        "checkpoint": "größe.pth",
        "checkpoint_source": None,
        "strict": True,
        "scenario": {"source": "argparse defaults", "argv": ["--fast"], "cwd": "."},
        "status": "raises",
        "raises": {"type": "RuntimeError", "message": "Error(s) in loading state_dict for Net:\n\t…"},
        "missing": ["fc.weight"],
        "unexpected": ["module.fc.weight"],
        "mismatched": [{"key": "a", "checkpoint": [5, 4], "model": [10, 4]}],
        "reason": None,
    }
    place = {"path": "predict.py", "line": 4, "column": 1, "end_line": 4, "end_column": 47}
    assert (found["rule"], found["severity"]) == ("missing-keys", "error")
    assert found["fixes"][0] == {
        "title": 'Strip "module." from the keys',
        "leftover": {"missing": 0, "unexpected": 0, "mismatched": 0},
        "edits": [{**place, "column": 23, "end_column": 46, "text": "stripped(größe)"}],
    }
    assert found["related"][0] == {**place, "message": "fc.weight, fc.bias"}
    assert found["fixes"][1]["leftover"] == {"missing": 2, "unexpected": 1, "mismatched": 0}


def test_the_other_statuses_and_the_summary() -> None:
    written = document(run(report(LOADS), report(UNRESOLVED), report(SKIPPED), report(SKIPPED)))
    assert [(s["status"], s["reason"], s["raises"]) for s in written["sites"]] == [
        ("loads", None, None),
        ("unresolved", "torchvision is not installed", None),
        ("skipped", "args.resume is empty", None),
        ("skipped", "args.resume is empty", None),
    ]
    assert written["sites"][0]["missing"] == ["position_ids"]
    assert written["summary"] == {"sites": 4, "loads": 1, "raises": 0, "unresolved": 1, "skipped": 2}


def test_a_notebook_cell_and_a_path_elsewhere() -> None:
    elsewhere = ROOT.parent / "other" / "nb.ipynb"
    (site,) = document(run(report(LOADS, path=elsewhere, span=Span(2, 1, 2, 9, cell=3))))["sites"]
    assert (site["path"], site["line"], site["cell"]) == ("/somewhere/other/nb.ipynb", 2, 3)


def test_problems_are_told() -> None:
    problem = FileProblem(PATH, "line 3: syntax error", Span(3, 1, 3, 2))
    (written,) = document(run(problems=(problem,)))["problems"]
    assert (written["path"], written["line"], written["message"]) == ("predict.py", 3, "line 3: syntax error")


def test_a_key_that_is_no_valid_text_survives(capsys: pytest.CaptureFixture[str]) -> None:
    key = "weight\ud800\x1b[31m"
    verdict = Raises(Raised("RuntimeError", key), RAISES.comparison.__class__((key,), (), (Mismatch(key, (), (1,)),)))
    json_format.write(run(report(verdict)))
    printed = capsys.readouterr().out
    assert printed.isascii()
    assert json.loads(printed)["sites"][0]["missing"] == [key]
