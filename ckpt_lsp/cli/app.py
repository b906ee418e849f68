"""The commands and their options.

Each command imports what it needs when it runs: `--version` and a `check` of files without load sites load
no parser and start no worker.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from ckpt_lsp import __version__
from ckpt_lsp.config import SANDBOXES, ConfigError, load_settings
from ckpt_lsp.output.formats import FORMATS, writer

FINDINGS, FAILURE = 1, 2

F = TypeVar("F", bound=Callable[..., None])
T = TypeVar("T")


class CannotWork(click.ClickException):
    """The tool cannot do its work; the message says what to do next."""

    exit_code = FAILURE

    def show(self, file: Any = None) -> None:
        click.echo(f"ckpt-lsp: {self.message}", err=True)


def main() -> None:
    """Entry point of `ckpt-lsp`.  A crash is exit code 2 and one line, unless a traceback is asked for."""
    try:
        command()
    except Exception as error:
        if os.environ.get("CKPT_LSP_DEBUG"):
            traceback.print_exc()
        click.echo(f"ckpt-lsp: internal error: {type(error).__name__}: {error}", err=True)
        click.echo("Set CKPT_LSP_DEBUG=1 to see where, and please report it.", err=True)
        sys.exit(FAILURE)


@click.group(name="ckpt-lsp", context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="ckpt-lsp", message="%(prog)s %(version)s")
def command() -> None:
    """Says what torch's load_state_dict would say, before the script runs."""


def _where_code_runs(function: F) -> F:
    """The options of every command that may execute model code."""
    python = click.option("--python", metavar="PATH", help="Interpreter that has torch.")
    sandbox = click.option("--sandbox", type=click.Choice(SANDBOXES), help="How model code is kept in.")
    return python(sandbox(function))


@command.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--output-format", type=click.Choice([*FORMATS]), default="text", show_default=True)
@_where_code_runs
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "information", "hint"]),
    help="Exit with 1 from this severity up.  [default: error]",
)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found.")
@click.option("--untrusted", is_flag=True, help="Execute nothing: only what constants and file headers say.")
@click.option("--locked", is_flag=True, help="Fail where a checkpoint is neither here nor in ckpt-lsp.lock.")
@click.option("--affected", is_flag=True, help="PATHS have changed: check what that concerns, there and elsewhere.")
def check(
    paths: tuple[Path, ...],
    output_format: str,
    exit_zero: bool,
    untrusted: bool,
    locked: bool,
    affected: bool,
    **flags: str | bool | None,
) -> None:
    """Check the load sites in PATHS, files or folders."""
    from ckpt_lsp.cli.check import Unusable, check_paths

    if untrusted:
        flags["trusted"] = False
    try:
        outcome = check_paths(paths, _kebab(flags), locked, affected)
    except (ConfigError, Unusable) as error:
        raise CannotWork(str(error)) from None
    writer(output_format)(outcome.run)
    if outcome.incomplete:
        sys.exit(FAILURE)
    sys.exit(FINDINGS if outcome.failing and not exit_zero else 0)


@command.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--check", "only_check", is_flag=True, help="Write nothing; exit with 1 if ckpt-lsp.lock would change.")
@click.option("--as", "place", type=click.Path(path_type=Path), help="Record FILEs that lie elsewhere as PLACE.")
@click.option("--prune", is_flag=True, help="Take out what no load site reaches.")
@_where_code_runs
def lock(paths: tuple[Path, ...], only_check: bool, place: Path | None, prune: bool, **flags: str | None) -> None:
    """Record the checkpoints that the load sites in PATHS reach in ckpt-lsp.lock, for where they are not.

    With --as, PATHS are checkpoints: one is recorded as PLACE, several below the folder PLACE."""
    from ckpt_lsp.cli import lock as locking
    from ckpt_lsp.cli.projects import Unusable

    if place is not None and (prune or not paths):
        raise click.UsageError("--as needs the checkpoints to record, and goes without --prune")
    try:
        if place is not None:
            done = locking.lock_as(paths, place, _kebab(flags), only_check)
        else:
            done = locking.lock(paths or (Path(),), _kebab(flags), only_check, prune)
    except (ConfigError, Unusable) as error:
        raise CannotWork(str(error)) from None
    for line in done.lines:
        click.echo(line)
    if done.incomplete:
        sys.exit(FAILURE)
    sys.exit(FINDINGS if only_check and done.changed else 0)


@command.command()
@click.argument("path", default=".", type=click.Path(exists=True, path_type=Path))
@_where_code_runs
def doctor(path: Path, **flags: str | None) -> None:
    """Tell what a check of PATH would use: interpreter, torch, sandbox, readable folders."""
    from ckpt_lsp.cli.doctor import diagnosis
    from ckpt_lsp.project.files import workspace_root

    root = workspace_root(path.absolute())
    try:
        lines, works = diagnosis(root, load_settings(root, flags=_kebab(flags)))
    except ConfigError as error:
        raise CannotWork(str(error)) from None
    for label, text in lines:
        click.echo(f"{label:<12} {text}")
    sys.exit(0 if works else FAILURE)


@command.command()
@click.argument("name", required=False)
@click.option("--all", "every", is_flag=True, help="All rules, one after the other.")
def rule(name: str | None, every: bool) -> None:
    """Explain the rule NAME: why, an example, the fix.  Without a name: list the rules."""
    from ckpt_lsp.cli.rule import UnknownRule, document, documents, overview

    if name is None:
        click.echo(documents() if every else overview(), nl=False)
        return
    try:
        click.echo(document(name), nl=False)
    except UnknownRule as error:
        raise CannotWork(str(error)) from None


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("file2", required=False, type=click.Path(path_type=Path))
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def keys(file: Path, file2: Path | None, output_format: str) -> None:
    """Show what is inside the checkpoint FILE, or what changed from it to FILE2.  Nothing in them is executed."""
    from ckpt_lsp.cli.keys import Unreadable, show

    try:
        equal = show(file, file2, output_format)
    except Unreadable as error:
        raise CannotWork(str(error)) from None
    sys.exit(0 if equal else FINDINGS)


@command.command()
def serve() -> None:
    """Speak the Language Server Protocol over standard input and output."""
    from ckpt_lsp.server.app import serve

    sys.exit(serve())


def _kebab(flags: dict[str, T]) -> dict[str, T]:
    return {name.replace("_", "-"): value for name, value in flags.items()}
