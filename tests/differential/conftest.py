"""The bench that judge and engine share, and the figures at the end of a run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.importorskip("torch")

from ckpt_lsp.config import Settings
from ckpt_lsp.engine import EngineUnavailable, describe

from .bench import Bench


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    root = tmp_path_factory.mktemp("differential")
    try:
        describe(root, Settings())
    except EngineUnavailable as error:
        pytest.skip(str(error))
    made = Bench(root)
    yield made
    made.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for name, figures in report.user_properties:
            if name == "differential":
                terminalreporter.write_line(f"differential: {figures}")
