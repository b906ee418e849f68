"""The judge: runs programs for real under torch, each in a process of its own, and says what torch did."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

Row = dict[str, Any]


class Judge:
    """A client of the judging process; `close` ends it."""

    def __init__(self) -> None:
        self._scratch = tempfile.TemporaryDirectory(prefix="judge-")
        environment = {**os.environ, "TORCH_HOME": self._scratch.name, "CUDA_VISIBLE_DEVICES": ""}
        environment.pop("PYTHONPATH", None)
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START, str(Path(__file__).with_name("judging.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )

    def judge(self, requests: list[Row]) -> list[list[Row]]:
        """One list per request: for each of its runs `{"rows": [...], "end": {...}, "files": [...], "later": [...]}`.
        `later` is what the sites behind one that ends the program would do, had it not raised.

        A request: `folder` (the project, where `make` runs), `make`, `make_with`, `judge_only` (a folder or None),
        `judge_only_make` and `runs`, each with script, argv, cwd and module."""
        assert self._process.stdin is not None and self._process.stdout is not None
        for number, request in enumerate(requests):
            line = json.dumps({**request, "number": number, "scratch": self._scratch.name})
            self._process.stdin.write(line + "\n")
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        answers: dict[int, list[Row]] = {}
        while len(answers) < len(requests):
            line = self._process.stdout.readline()
            if not line:
                raise RuntimeError("the judge has ended")
            answer = json.loads(line)
            answers[answer["number"]] = answer["runs"]
        return [answers[number] for number in range(len(requests))]

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=60)
        self._scratch.cleanup()


# Neither this folder nor the working directory is where user code finds modules.
_START = "import sys; del sys.path[0]; import runpy; runpy.run_path(sys.argv[1], run_name='judge')"
