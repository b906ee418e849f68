"""What is remembered of a dry run, and which edit puts it out of date."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ckpt_lsp.project.cache import Results
from ckpt_lsp.worker.protocol import DryRunJob, DryRunResult, Place


@pytest.fixture
def job(tmp_path: Path) -> DryRunJob:
    for name in ("train.py", "model.py", "other.py"):
        (tmp_path / name).write_text(name)
    script = str(tmp_path / "train.py")
    site = Place(script, 1, 1, 1, 2)
    return DryRunJob(script, "slice", site, str(tmp_path), [], [], str(tmp_path))


def in_buffer(job: DryRunJob, name: str, text: str) -> DryRunJob:
    return replace(job, overlay={**job.overlay, str(Path(job.root) / name): text})


def shown(job: DryRunJob, *read: str) -> DryRunResult:
    return DryRunResult("loads", modules=[str(Path(job.root) / name) for name in read])


def test_an_edit_of_a_file_that_the_program_read_counts(job: DryRunJob) -> None:
    results = Results()
    kept = results.put(in_buffer(job, "model.py", "v1"), shown(job, "model.py"))
    assert results.get(in_buffer(job, "model.py", "v1")) is kept
    assert results.get(in_buffer(job, "model.py", "v2")) is None


def test_an_edit_of_another_file_does_not(job: DryRunJob) -> None:
    results = Results()
    kept = results.put(job, shown(job, "model.py"))
    assert results.get(in_buffer(job, "other.py", "v1")) is kept


def test_opening_the_file_and_saving_it_count(job: DryRunJob) -> None:
    """What is on disk and what is in a buffer are not compared: the file is read anew."""
    results = Results()
    results.put(job, shown(job, "model.py"))
    assert results.get(in_buffer(job, "model.py", "v1")) is None
    results.put(job, shown(job, "model.py"))
    (Path(job.root) / "model.py").write_text("longer than before")
    assert results.get(job) is None


def test_a_buffer_of_a_file_that_is_not_on_disk_counts(job: DryRunJob) -> None:
    """It may shadow a package, or be what `except ImportError` waited for."""
    results = Results()
    results.put(job, shown(job))
    assert results.get(in_buffer(job, "numpy.py", "")) is None


def test_who_rests_on_a_file(job: DryRunJob) -> None:
    results = Results()
    results.put(job, shown(job, "model.py"))
    script = Path(job.path)
    assert results.resting_on(script.with_name("model.py")) == {script}
    assert results.resting_on(script.with_name("other.py")) == set()
    results.clear()
    assert results.resting_on(script.with_name("model.py")) == set()
