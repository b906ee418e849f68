"""GitHub's workflow commands: findings as annotations on the lines of a pull request."""

from __future__ import annotations

import sys

from ckpt_lsp.output.interface import Run
from ckpt_lsp.types import FileProblem, Finding, Severity

_COMMAND = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFORMATION: "notice",
    Severity.HINT: "notice",
}


def write(run: Run) -> None:
    """One line for each finding and each file that could not be looked at."""
    for line in [_finding(f, run) for f in run.findings] + [_problem(p, run) for p in run.problems]:
        sys.stdout.write(line + "\n")


def _finding(finding: Finding, run: Run) -> str:
    span = finding.span
    properties = {"file": run.shown(finding.path), "line": span.line, "endLine": span.end_line}
    if span.line == span.end_line:
        properties |= {"col": span.column, "endColumn": span.end_column}
    properties["title"] = f"ckpt-lsp: {finding.rule}"
    return _command(_COMMAND[finding.severity], properties, finding.message)


def _problem(problem: FileProblem, run: Run) -> str:
    properties: dict[str, object] = {"file": run.shown(problem.path)}
    if problem.span:
        properties["line"] = problem.span.line
    return _command("warning", properties, problem.message)


def _command(name: str, properties: dict[str, object], message: str) -> str:
    told = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{name} {told}::{_data(message)}"


def _data(text: str) -> str:
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return escaped.encode("utf-8", "backslashreplace").decode()


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
