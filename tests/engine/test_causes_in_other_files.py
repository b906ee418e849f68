"""Causes that lie in other files than the call, found and proven in a real workspace by a real worker as in the
goldens of `tests/diagnosis`."""

from __future__ import annotations

from pathlib import Path

import pytest
from diagnosis.goldens import load_all

from ckpt_lsp.config import Settings
from ckpt_lsp.engine import Engine
from ckpt_lsp.types import Document, Fix

GOLDENS = {golden.name: golden for golden in load_all()}


@pytest.mark.parametrize(
    "name", ["size_in_another_file", "size_settings", "size_by_default", "rename_in_another_file", "another_file"]
)
def test_the_same_is_offered(name: str, tmp_path: Path) -> None:
    golden = GOLDENS[name]
    golden.save(tmp_path)
    (tmp_path / "script.py").write_text(golden.before, encoding="utf-8")
    engine = Engine(tmp_path, Settings())
    try:
        reports = engine.check(Document(tmp_path / "script.py", golden.before))
    finally:
        engine.close()
    fixes: list[Fix] = [fix for report in reports for finding in report.findings for fix in finding.fixes]
    assert list(dict.fromkeys(fix.title for fix in fixes)) == golden.sections["fixes"].splitlines()
