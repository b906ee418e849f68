"""Runs as the engine would hand them over, to look at how they are written down."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ckpt_lsp.output.interface import Run
from ckpt_lsp.types import (
    Comparison,
    FileProblem,
    Finding,
    Fix,
    Leftover,
    Loads,
    LoadSite,
    Mismatch,
    Raised,
    Raises,
    Related,
    Scenario,
    Severity,
    SiteReport,
    Skipped,
    Span,
    TextEdit,
    Unresolved,
    Verdict,
)

ROOT = Path("/somewhere/project")
TEXT = 'import torch\n\n\nmodel.load_state_dict(torch.load("größe.pth"))\n'
PATH = ROOT / "predict.py"
CALL = Span(4, 1, 4, 47)


def report(
    verdict: Verdict, *findings: Finding, path: Path = PATH, span: Span = CALL, source: str = "defaults"
) -> SiteReport:
    site = LoadSite(path, span, "model", 'torch.load("größe.pth")')
    scenario = Scenario(source, ("--fast",), ROOT)
    return SiteReport(site, scenario, verdict, "net.Net", ROOT / "größe.pth", strict=True, findings=findings)


def finding(**changes: object) -> Finding:
    message = "missing keys in größe.pth:\nmissing fc.{weight, bias}\nunexpected module.fc.{weight, bias}"
    fixes = (
        Fix('Strip "module." from the keys', (TextEdit(PATH, Span(4, 23, 4, 46), "stripped(größe)"),), Leftover()),
        Fix("Pass strict=False, which leaves 3 keys", (), Leftover(missing=2, unexpected=1)),
    )
    whole = Related(PATH, CALL, "fc.weight, fc.bias")
    elsewhere = Related(ROOT / "net.py", Span(3, 5, 3, 9), "the model is built here")
    usual = Finding("missing-keys", Severity.ERROR, PATH, CALL, message, (whole, elsewhere), fixes)
    return replace(usual, **changes)  # type: ignore[arg-type]


def run(*reports: SiteReport, problems: tuple[FileProblem, ...] = (), text: str = TEXT) -> Run:
    return Run(reports, problems, {PATH: text}, ROOT)


RAISES = Raises(
    Raised("RuntimeError", "Error(s) in loading state_dict for Net:\n\t…"),
    Comparison(("fc.weight",), ("module.fc.weight",), (Mismatch("a", (5, 4), (10, 4)),)),
)
LOADS = Loads(Comparison(missing=("position_ids",)))
UNRESOLVED = Unresolved("torchvision is not installed")
SKIPPED = Skipped("args.resume is empty")
