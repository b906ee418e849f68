"""Model code that attacks the machine it is dry-run on: under each mechanism, as root and as an ordinary user.

The attacks are the functions in `code/`.  Each runs in a real worker, through the real pool; afterwards the driver
looks at the machine, and asks for the verdict on a harmless script.  A run without a sandbox shows that the attacks
are real ones.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import ckpt_lsp
from ckpt_lsp.sandbox import Unavailable, choose

from . import users
from .conftest import PROPERTY
from .driver import UNAVAILABLE

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the mechanisms of Linux")

HERE = Path(__file__).parent
CHECKOUT = Path(ckpt_lsp.__file__).parents[1]
REAL_WITHOUT_SANDBOX = 50
"""Attacks that work as an ordinary user where nothing keeps them in, at least."""

NO_USER_NAMESPACES = """\
import os, sys
from ckpt_lsp.worker.seccomp import Refusal, assemble, install
from ckpt_lsp.worker.syscalls import machine
refusals = [Refusal("unshare"), Refusal("clone", argument=0, test="any bit", value=0x7E020000), Refusal("clone3", 38)]
install(assemble(refusals, machine()))
os.execv(sys.argv[1], sys.argv[1:])
"""

WITHOUT_FORK = (
    "fork",
    "kill_worker",
    "become_program",
    "outlive_the_worker",
    "read_scratch_of_another",
    "unix_socket",
    "read_ssh_key",
    "write_workspace",
    "forge_with_stolen_token_and_hang",
    "close_every_descriptor",
)
"""Where a process that was started ahead might differ: what it inherits, whom it reaches, how it ends."""

Rows = list[dict[str, Any]]


@pytest.fixture
def attack(open_folder: Path, checkpoint: Path) -> Callable[..., tuple[str, Rows]]:
    """Runs the driver, returns the mechanism that it chose and a row per attack."""

    def run(
        setting: str, user_name: str, topics: tuple[str, ...] = (), namespaces: bool = True, fork: bool = True
    ) -> tuple[str, Rows]:
        user = users.find(user_name)
        home = open_folder / "home"
        python = users.make_environment(home / "venv", user)
        shutil.copy(checkpoint, home / "weights.pth")
        elsewhere = open_folder / "home-elsewhere"
        elsewhere.mkdir()
        for folder in (home, elsewhere):
            users.give(folder, user)
        wrapper = () if namespaces else (sys.executable, "-c", NO_USER_NAMESPACES)
        driver = (str(python), "-B", str(HERE / "driver.py"), setting, str(python), str(home), *topics)
        done = subprocess.run(
            (*wrapper, *user.prefix, *driver),
            capture_output=True,
            text=True,
            timeout=900,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(home),
                "PYTHONPATH": str(CHECKOUT),
                "AWS_SECRET": "TOPSECRET",
                "CKPT_LSP_FORK": os.environ.get("CKPT_LSP_FORK", "1") if fork else "0",
            },
            cwd="/",
        )
        if done.returncode == UNAVAILABLE:
            pytest.skip(done.stdout.strip())
        assert done.returncode == 0, done.stderr[-3000:]
        head, *rows = map(json.loads, done.stdout.splitlines())
        return head["mechanism"], rows

    return run


def table(record: Callable[[str, object], None], head: str, rows: Rows) -> None:
    marks = {f"{row['topic']}: {row['name']}": "X" if row["succeeded"] else "." for row in rows}
    record(PROPERTY, json.dumps([head, marks]))


@pytest.mark.parametrize("user", ["root", "ordinary"])
@pytest.mark.parametrize("mechanism", ["bubblewrap", "landlock"])
def test_no_attack_succeeds(
    attack: Callable[..., tuple[str, Rows]],
    mechanism: str,
    user: str,
    record_property: Callable[[str, object], None],
) -> None:
    found = choose(mechanism)
    if isinstance(found, Unavailable):
        pytest.skip(found.reason)
    chosen, rows = attack(mechanism, user)
    table(record_property, f"{chosen} ({user})", rows)
    assert chosen == mechanism
    assert len(rows) >= 40
    assert [(row["name"], row["succeeded"]) for row in rows if row["succeeded"]] == []
    assert [row["name"] for row in rows if not row["answers"]] == []


def test_attacks_are_real_without_a_sandbox(
    attack: Callable[..., tuple[str, Rows]], record_property: Callable[[str, object], None]
) -> None:
    _, rows = attack("off", "ordinary")
    table(record_property, "off (ordinary)", rows)
    assert sum(bool(row["succeeded"]) for row in rows) >= REAL_WITHOUT_SANDBOX
    assert [row["name"] for row in rows if not row["answers"]] == []
    life_cycle = [row for row in rows if row["topic"] in ("channel", "content", "exhaustion")]
    assert [row["name"] for row in life_cycle if row["succeeded"]] == []


def test_falls_to_landlock_where_user_namespaces_are_refused(
    attack: Callable[..., tuple[str, Rows]], record_property: Callable[[str, object], None]
) -> None:
    found = choose("landlock")
    if isinstance(found, Unavailable):
        pytest.skip(found.reason)
    topics = ("network", "files", "processes", "kernel")
    chosen, rows = attack("auto", "ordinary", topics, namespaces=False)
    table(record_property, f"{chosen} (no namespaces)", rows)
    assert chosen == "landlock"
    assert [(row["name"], row["succeeded"]) for row in rows if row["succeeded"]] == []


def test_no_attack_succeeds_without_fork(
    attack: Callable[..., tuple[str, Rows]], record_property: Callable[[str, object], None]
) -> None:
    """A sample, where process ids are the machine's; with CKPT_LSP_FORK=0 all tests run that way."""
    found = choose("landlock")
    if isinstance(found, Unavailable):
        pytest.skip(found.reason)
    chosen, rows = attack("landlock", "ordinary", WITHOUT_FORK, fork=False)
    table(record_property, f"{chosen} (standby)", rows)
    assert {row["name"] for row in rows} == set(WITHOUT_FORK)
    assert [(row["name"], row["succeeded"]) for row in rows if row["succeeded"]] == []
    assert [row["name"] for row in rows if not row["answers"]] == []
