"""What is offered where a file is missing, unknown, refused or mangled, in a real workspace by a real worker."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from edits.applying import applied
from torch import nn

from ckpt_lsp.cli.check import check_paths
from ckpt_lsp.config import Settings
from ckpt_lsp.engine import Engine
from ckpt_lsp.types import Document, Finding, Loads, Severity, SiteReport, Unresolved

HEAD = "import torch\nfrom torch import nn\n\nmodel = nn.Linear(4, 2)\n"
UNKNOWN = """import argparse
import torch
from torch import nn


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ckpt", required=True)
    args = parser.parse_args()
    model = nn.Linear(4, 2)
    model.load_state_dict(torch.load(args.ckpt))


main()
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("workspace")
    (root / ".git").mkdir()
    (root / "weights").mkdir()
    fits = nn.Linear(4, 2).state_dict()
    for name, value in {
        "weights/best.pth": fits,
        "weights/half.pth": {"weight": fits["weight"], "scale": torch.ones(1)},
        "weights/other.pth": {"a": torch.ones(1)},
        "weights/run.pth": {"model": fits, "args": argparse.Namespace(lr=1)},
        "weights/plain.pth": dict(fits),
    }.items():
        torch.save(value, root / name)
    (root / "weights" / "broken.pth").write_text("nothing")
    return root


@pytest.fixture(scope="module")
def engine(root: Path) -> Iterator[Engine]:
    made = Engine(root, Settings())
    yield made
    made.close()


def checked(engine: Engine, text: str) -> SiteReport:
    (report,) = engine.check(Document(engine.root / "script.py", text))
    return report


def finding(report: SiteReport, rule: str) -> Finding:
    return next(found for found in report.findings if found.rule == rule)


def titles(found: Finding) -> list[str]:
    return [fix.title for fix in found.fixes]


def test_an_unknown_path_offers_the_files_that_load(engine: Engine) -> None:
    report = checked(engine, UNKNOWN)
    found = finding(report, "unresolved")
    assert (found.silent, found.severity) == (True, Severity.HINT)
    assert titles(found) == ["Say that this loads weights/best.pth", "Say that this loads weights/plain.pth"]
    for fix in found.fixes:
        fixed = applied(UNKNOWN, fix.edits)
        after = checked(engine, fixed)
        assert isinstance(after.verdict, Loads)
        assert after.verdict.comparison.clean
        assert after.checkpoint == engine.root / fix.title.split()[-1]
        assert after.scenario.source == "argparse defaults, checkpoint of the hint in line 11"


def test_nothing_is_offered_where_the_path_is_not_all_that_is_not_known(engine: Engine) -> None:
    text = UNKNOWN.replace("nn.Linear(4, 2)", "nn.Linear(int(input()), 2)")
    report = checked(engine, text)
    assert isinstance(report.verdict, Unresolved)
    assert report.findings == ()


def test_a_path_made_of_parts_gets_a_hint(engine: Engine) -> None:
    text = HEAD + 'name = "best"\nmodel.load_state_dict(torch.load(f"out/{name}.pth"))\n'
    found = finding(checked(engine, text), "checkpoint-not-found")
    assert titles(found) == ["Say that this loads weights/best.pth"]
    assert isinstance(checked(engine, applied(text, found.fixes[0].edits)).verdict, Loads)


def test_a_literal_path_is_replaced(engine: Engine) -> None:
    text = HEAD + "model.load_state_dict(torch.load('half_2.pth'))\n"
    found = finding(checked(engine, text), "checkpoint-not-found")
    left = "1 key would still be missing, 1 key would still be unexpected"
    assert titles(found) == [f"Load weights/half.pth instead — {left}"]
    assert applied(text, found.fixes[0].edits) == text.replace("half_2.pth", "weights/half.pth")


def test_the_end_of_a_path_is_replaced(engine: Engine) -> None:
    text = "from pathlib import Path\n\nHERE = Path(__file__).parent\n" + HEAD
    text += 'model.load_state_dict(torch.load(HERE / "weights" / "bset.pth"))\n'
    fix = finding(checked(engine, text), "checkpoint-not-found").fixes[0]
    assert applied(text, fix.edits) == text.replace("bset", "best")


def test_files_beside_the_one_that_is_missing_are_names_too(engine: Engine) -> None:
    folder = engine.root / ".runs"
    folder.mkdir()
    torch.save(nn.Linear(4, 2).state_dict(), folder / "epoch_9.pth")
    text = HEAD + 'model.load_state_dict(torch.load(".runs/epoch_10.pth"))\n'
    found = finding(checked(engine, text), "checkpoint-not-found")
    assert titles(found) == ["Load .runs/epoch_9.pth instead"]


def test_a_refused_file_is_allowed_and_loads(engine: Engine) -> None:
    text = HEAD + 'model.load_state_dict(torch.load("weights/run.pth")["model"])\n'
    found = finding(checked(engine, text), "weights-only-rejects")
    (fix,) = found.fixes
    fixed = applied(text, fix.edits)
    assert "weights_only=False" not in fixed
    assert isinstance(checked(engine, fixed).verdict, Loads)


def test_a_refused_file_is_allowed_where_it_is_loaded(engine: Engine) -> None:
    helper = engine.root / "restoring.py"
    loading = 'import torch\n\n\ndef restore():\n    return torch.load("weights/run.pth")["model"]\n'
    helper.write_text(loading)
    text = "from restoring import restore\n" + HEAD + "model.load_state_dict(restore())\n"
    try:
        (fix,) = finding(checked(engine, text), "weights-only-rejects").fixes
        assert {edit.path for edit in fix.edits} == {helper}
        helper.write_text(applied(loading, fix.edits))
        assert isinstance(checked(engine, text).verdict, Loads)
    finally:
        helper.unlink()


@pytest.mark.parametrize(
    ("loading", "rule", "new"),
    [
        ("return torch.load('best_1.pth')", "checkpoint-not-found", "return torch.load('weights/best.pth')"),
        (
            'return {k[7:]: v for k, v in torch.load("weights/best.pth").items()}',
            "brittle-prefix-strip",
            'return {k.removeprefix("module."): v for k, v in torch.load("weights/best.pth").items()}',
        ),
    ],
    ids=["path", "prefix"],
)
def test_what_stands_in_another_file_is_mended_there(engine: Engine, loading: str, rule: str, new: str) -> None:
    helper = engine.root / f"helper_{rule.replace('-', '_')}.py"
    helper.write_text(f"import torch\n\n\ndef restore():\n    {loading}\n")
    text = f"from {helper.stem} import restore\n" + HEAD + "model.load_state_dict(restore())\n"
    try:
        fix = finding(checked(engine, text), rule).fixes[0]
        assert applied(helper.read_text(), fix.edits) == helper.read_text().replace(loading, new)
        helper.write_text(helper.read_text().replace(loading, new))
        assert isinstance(checked(engine, text).verdict, Loads)
    finally:
        helper.unlink()


def test_a_hint_that_leads_nowhere(engine: Engine) -> None:
    text = "# ckpt-lsp: cwd nowhere\n" + HEAD
    text += '# ckpt-lsp: checkpoint weights/gone.pth\nmodel.load_state_dict(torch.load("x.pth"))  # ckpt-lsp: argh\n'
    report = checked(engine, text)
    says = [f.message for f in report.findings if f.rule == "bad-hint"]
    assert ["argh is no hint" in says[0], "no folder nowhere" in says[1], "no file weights/gone.pth" in says[2]] == [
        True
    ] * 3
    assert report.scenario.source == "defaults"


def test_a_folder_from_a_hint_is_named(engine: Engine) -> None:
    text = HEAD + 'model.load_state_dict(torch.load("best.pth"))  # ckpt-lsp: cwd weights\n'
    report = checked(engine, text)
    assert (type(report.verdict), report.findings) == (Loads, ())
    assert report.scenario.source == "defaults, cwd of the hint in line 5"


def test_a_bad_hint_can_be_graded(root: Path, engine: Engine) -> None:
    text = HEAD + 'model.load_state_dict(torch.load("weights/best.pth"))  # ckpt-lsp: argh\n'
    (bad,) = checked(engine, text).findings
    assert bad.rule == "bad-hint"
    engine.settings = replace(engine.settings, severity={"bad-hint": None})
    try:
        assert checked(engine, text).findings == ()
    finally:
        engine.settings = Settings()


@pytest.mark.parametrize(
    ("load", "hinted"),
    [
        ('model.load_state_dict(torch.load("weights/best.pth"), strict=False)', True),
        ('for n in "best", "half":\n    model.load_state_dict(torch.load(f"weights/{n}.pth"), strict=False)', False),
        ('for n in "half", "best":\n    model.load_state_dict(torch.load(f"weights/{n}.pth"), strict=False)', False),
        (
            "if torch.cuda.is_available():\n    model = nn.DataParallel(model)\n"
            'model.load_state_dict(torch.load("weights/best.pth"), strict=False)',
            False,
        ),
    ],
    ids=["fits", "fits first", "fits last", "fits without GPU"],
)
def test_strict_false_is_unused_only_if_it_always_is(engine: Engine, load: str, hinted: bool) -> None:
    report = checked(engine, HEAD + load + "\n")
    assert ("unused-strict-false" in [found.rule for found in report.findings]) == hinted


def test_mangled_keys(engine: Engine) -> None:
    text = HEAD + 'sd = torch.load("weights/plain.pth")\nmodel.load_state_dict({k[7:]: v for k, v in sd.items()})\n'
    found = finding(checked(engine, text), "brittle-prefix-strip")
    assert found.span.line == 6
    assert isinstance(checked(engine, applied(text, found.fixes[0].edits)).verdict, Loads)


@pytest.mark.parametrize("grade", ["hint", "warning"])
def test_an_unresolved_call_fails_only_where_its_rule_was_given_a_severity(root: Path, grade: str) -> None:
    (root / "unknown.py").write_text(UNKNOWN)
    if grade == "warning":
        (root / "pyproject.toml").write_text('[tool.ckpt-lsp.severity]\nunresolved = "warning"\n')
    try:
        outcome = check_paths([root / "unknown.py"], {"fail-on": "hint"})
    finally:
        (root / "pyproject.toml").unlink(missing_ok=True)
    assert outcome.failing == (grade == "warning")
    assert [f.rule for report in outcome.run.reports for f in report.findings] == ["unresolved"]
    assert len(outcome.run.findings) == outcome.failing
