"""What is said of a call and what is offered; every fix, run for real, does what it promises."""

from __future__ import annotations

from pathlib import Path

import pytest

from ckpt_lsp.diagnosis import diagnose

from .goldens import Golden, load_all, shown, titles
from .real import applied, applied_elsewhere, case, proves


@pytest.mark.parametrize("golden", load_all(), ids=lambda golden: golden.name)
def test_golden(golden: Golden, tmp_path: Path) -> None:
    golden.save(tmp_path)
    found = diagnose(case(golden.before, tmp_path))
    assert shown(found) == golden.sections["findings"]
    assert titles(found) == golden.sections.get("fixes", "")
    fixes = list(dict.fromkeys(fix for finding in found for fix in finding.fixes))
    if fixes:
        assert applied(golden.before, fixes[0]) == golden.sections["after"]
        for path, text in applied_elsewhere(fixes[0]).items():
            assert text == golden.sections[f"after {path.name}"]
    for fix in fixes:
        proves(golden.before, fix, tmp_path)
