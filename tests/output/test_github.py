"""Workflow commands, as GitHub's runner parses them."""

from __future__ import annotations

import pytest

from ckpt_lsp.output import github
from ckpt_lsp.types import FileProblem, Severity, Span

from .reports import PATH, RAISES, finding, report, run


def test_findings_and_problems(capsys: pytest.CaptureFixture[str]) -> None:
    first = finding(message="100% missing:\n::error::a, b: c \ud800")
    second = finding(severity=Severity.HINT, span=Span(4, 1, 6, 2), message="several lines")
    problems = (FileProblem(PATH.with_name("a,b.py"), "syntax error", Span(3, 1, 3, 2)),)
    github.write(run(report(RAISES, first, second), problems=problems))
    assert capsys.readouterr().out.splitlines() == [
        "::error file=predict.py,line=4,endLine=4,col=1,endColumn=47,title=ckpt-lsp%3A missing-keys"
        "::100%25 missing:%0A::error::a, b: c \\ud800",
        "::notice file=predict.py,line=4,endLine=6,title=ckpt-lsp%3A missing-keys::several lines",
        "::warning file=a%2Cb.py,line=3::syntax error",
    ]
