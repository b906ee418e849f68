"""What each kind of verdict is called, where no keys are compared."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ckpt_lsp.diagnosis import Case, diagnose, elsewhere
from ckpt_lsp.types import (
    Comparison,
    Entry,
    Finding,
    Loads,
    LoadSite,
    Raised,
    Raises,
    Scenario,
    Severity,
    SiteReport,
    Skipped,
    Span,
    Unresolved,
    Verdict,
)

from .real import case, proves

ROOT = Path("/project")
SPAN = Span(1, 1, 1, 22)
SITE = LoadSite(ROOT / "x.py", SPAN, "m", "sd")


def report(verdict: Verdict, strict: bool | None = True, keys: int = 4) -> SiteReport:
    model = tuple(Entry(f"{n}.weight", (1,)) for n in range(keys))
    scenario = Scenario("defaults", (), ROOT / "run")
    seen = {"model": "nets.Net", "checkpoint": ROOT / "x.pth", "model_entries": model, "checkpoint_entries": model}
    return SiteReport(SITE, scenario, verdict, strict=strict, **seen)  # type: ignore[arg-type]


def found(verdict: Verdict, strict: bool | None = True, keys: int = 4) -> list[Finding]:
    return list(diagnose(Case(report(verdict, strict, keys), "m.load_state_dict(sd)\n", None, ROOT)))


def raises(kind: str, message: str, **more: object) -> Raises:
    return Raises(Raised(kind, message), Comparison(), **{"at": Span(1, 1, 1, 1), **more})  # type: ignore[arg-type]


def rejected(**more: object) -> Raises:
    return raises("UnpicklingError", "Weights only load failed. …", refused="weights-only", **more)


@pytest.mark.parametrize(
    ("verdict", "rule", "says"),
    [
        (rejected(rejected_globals=("a.B",)), "weights-only-rejects", "holds `a.B`"),
        (rejected(), "weights-only-rejects", "more than tensors and plain values"),
        (rejected(rejected_globals=("uuid.UUID",)), "weights-only-rejects", "all of these only hold values"),
        (
            rejected(rejected_globals=("posix.system",), would_run=("posix.system",)),
            "weights-only-rejects",
            "run `os.sy",
        ),
        (raises("EOFError", "Ran out of input", refused="unreadable"), "not-a-checkpoint", "cannot read x.pth: EOFErr"),
        (
            raises("RuntimeError", "no\nmore", refused="unreadable"),
            "not-a-checkpoint",
            "no\nfetch or save the file again",
        ),
        (raises("TypeError", "Expected state_dict to be dict-like", at=None), "load-error", "TypeError: Expected"),
        (raises("KeyError", "'model'"), "load-error", "KeyError: 'model'"),
        (Unresolved("x", "a/b.pth"), "checkpoint-not-found", "checkpoint not found: a/b.pth, started from run"),
        (Unresolved("x", "/a/b.pth"), "checkpoint-not-found", "checkpoint not found: /a/b.pth"),
        (Unresolved("x.pth is a Git LFS pointer", unreadable=True), "not-a-checkpoint", "is a Git LFS pointer"),
        (Unresolved("x", would_run=("nt.system", "builtins.eval")), "executes-code", "`os.system`, `builtins.eval`"),
    ],
)
def test_names(verdict: Verdict, rule: str, says: str) -> None:
    (finding,) = found(verdict)
    assert (finding.rule, finding.span, finding.path) == (rule, SPAN, SITE.path)
    assert says in finding.message


@pytest.mark.parametrize(
    "verdict", [Skipped("a guard is false"), Unresolved("numpy is not installed"), Loads(Comparison())]
)
def test_says_nothing(verdict: Verdict) -> None:
    assert found(verdict) == []


def test_what_a_try_catches_is_a_hint() -> None:
    (finding,) = found(raises("KeyError", "'model'", handled=True))
    assert finding.severity is Severity.HINT


def test_no_question_no_fix() -> None:
    error = Raised("RuntimeError", "Error(s) in loading state_dict for Net:\n\t…")
    (finding,) = found(Raises(error, Comparison(unexpected=("a",))))
    assert (finding.rule, finding.fixes) == ("unexpected-keys", ())


@pytest.mark.parametrize(
    ("missing", "rule", "severity", "says"),
    [
        (range(4), "nothing-loaded", Severity.WARNING, "loads 0 of 4 tensors"),
        (range(3), "partially-loaded", Severity.WARNING, "loads 1 of 4 tensors"),
        (range(1), "partially-loaded", Severity.INFORMATION, "loads 3 of 4 tensors"),
    ],
)
def test_what_is_not_strict_is_counted(missing: range, rule: str, severity: Severity, says: str) -> None:
    (finding,) = found(Loads(Comparison(missing=tuple(f"{n}.weight" for n in missing))), strict=False)
    assert (finding.rule, finding.severity) == (rule, severity)
    assert says in finding.message


@pytest.mark.parametrize(
    ("saved", "title"),
    [
        ("nn.Linear(4, 2)", "Take the state dict of the model that it is given"),
        (
            "nn.Linear(4, 2, bias=False)",
            "Take the state dict of the model that it is given — 1 key would still be missing",
        ),
        ("[nn.Linear(4, 2)]", None),
    ],
)
def test_a_whole_model_has_a_state_dict(saved: str, title: str | None, tmp_path: Path) -> None:
    before = (
        "import torch\nfrom torch import nn\n\nmodel = nn.Linear(4, 2)\n"
        f'torch.save({saved}, "x.pth")\nmodel.load_state_dict(torch.load("x.pth", weights_only=False))\n'
    )
    (finding,) = diagnose(case(before, tmp_path))
    assert finding.rule == "load-error"
    assert [fix.title for fix in finding.fixes] == ([title] if title else [])
    for fix in finding.fixes:
        proves(before, fix, tmp_path)


def test_long_lists_are_cut_in_the_message_and_whole_beside_it() -> None:
    keys = tuple("".join(chr(97 + n % 26) * (n + 1)) for n in range(40))
    error = Raised("RuntimeError", "Error(s) in loading state_dict for Net:\n\t…")
    (finding,) = found(Raises(error, Comparison(missing=tuple(f"{key}.{key}x" for key in keys))))
    assert "and 16 groups more" in finding.message
    assert finding.related[0].message.count("\n") == 40


def test_worlds_that_differ_are_hints_without_fixes() -> None:
    broken = report(raises("KeyError", "'model'"))
    broken = replace(broken, findings=diagnose(Case(broken, "", None, ROOT)))
    fine = report(Loads(Comparison()))
    for one, other, here in ((broken, fine, 0), (fine, broken, 1)):
        (finding,) = elsewhere(one, other, here, 1 - here)
        assert finding.severity is Severity.HINT
        assert finding.message.startswith("on a machine with no GPU: KeyError")
        assert finding.message.endswith("with 1 GPU the call loads")
