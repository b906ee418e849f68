"""The system call filter and Landlock by themselves, each put on a process that is forked for it."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from ckpt_lsp.worker import landlock, seccomp, syscalls

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's own mechanisms")


def in_child(code: Callable[[], None]) -> None:
    """Runs in a forked process, since what it puts on stays; fails here if it fails there."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            code()
        except BaseException:
            os.write(write, traceback.format_exc().encode()[-4000:])
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as said:
        text = said.read().decode()
    os.waitpid(pid, 0)
    assert not text, text


def filtered(*refusals: seccomp.Refusal) -> None:
    machine = syscalls.machine()
    if machine is None:
        pytest.skip("no table of system calls for this machine")
    seccomp.install(seccomp.assemble(list(refusals), machine))


def test_a_refused_call_fails_and_others_go_on() -> None:
    def code() -> None:
        filtered(seccomp.Refusal("chroot", 38))
        with pytest.raises(OSError, match="38"):
            os.chroot("/")
        assert os.getpid() > 0

    in_child(code)


@pytest.mark.parametrize(
    ("test", "value", "refused"),
    [("equal", 7, True), ("equal", 8, False), ("unequal", 7, False), ("unequal", 8, True), ("any bit", 5, True)],
)
def test_an_argument_decides(test: str, value: int, refused: bool) -> None:
    def code() -> None:
        filtered(seccomp.Refusal("kill", 38, argument=1, test=test, value=value))
        try:
            os.kill(2**22 + 1, 7)  # no such process: asks for the answer of the filter or of the kernel
        except OSError as error:
            assert (error.errno == 38) is refused
        else:
            raise AssertionError("the process exists")

    in_child(code)


def test_a_machine_without_a_call_gets_no_rule_for_it() -> None:
    with_fork = seccomp.assemble([seccomp.Refusal("fork")], "x86_64")
    without = seccomp.assemble([seccomp.Refusal("fork")], "aarch64")
    assert len(with_fork) - len(without) == 2 * 8


@pytest.mark.parametrize("machine", sorted(syscalls.AUDIT_ARCH))
def test_filters_can_be_assembled_for_every_machine(machine: str) -> None:
    program = seccomp.assemble(seccomp.outside() + seccomp.inside(1), machine)
    assert len(program) % 8 == 0
    assert len(program) // 8 < 4096, "the kernel takes no longer program"


def test_landlock_leaves_only_what_is_named(tmp_path: Path) -> None:
    if not landlock.version():
        pytest.skip("the kernel has no Landlock")
    for name in ("read", "write", "hidden"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name)

    def code() -> None:
        landlock.restrict([str(tmp_path / "read"), str(tmp_path / "absent")], [str(tmp_path / "write")])
        assert (tmp_path / "read" / "file").read_text() == "read"
        (tmp_path / "write" / "new").write_text("x")
        for forbidden in (
            lambda: (tmp_path / "hidden" / "file").read_text(),
            lambda: (tmp_path / "read" / "new").write_text("x"),
            lambda: os.truncate(tmp_path / "read" / "file", 0),
            lambda: list(tmp_path.iterdir()),
        ):
            with pytest.raises(PermissionError):
                forbidden()

    in_child(code)


def test_landlock_only_ever_narrows(tmp_path: Path) -> None:
    if not landlock.version():
        pytest.skip("the kernel has no Landlock")
    (tmp_path / "file").write_text("x")

    def code() -> None:
        landlock.restrict([], [])
        landlock.restrict([str(tmp_path)], [])
        with pytest.raises(PermissionError):
            (tmp_path / "file").read_text()

    in_child(code)
