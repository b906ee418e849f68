"""Model code that does what model code should not: no verdict on it, and the next document gets its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types as lsp

from .editor import editing
from .processes import await_gone, descendants
from .project import script

HOSTILE = {
    "exits": "import sys; sys.exit(3)",
    "exits hard": "import os; os._exit(3)",
    "kills itself": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "stops itself": "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)",
    "hangs": "while True: pass",
    "ignores SIGTERM": "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(1e6)",
    "forks and hangs": "import os, time; [os.fork() for _ in range(3)]; time.sleep(1e6)",
    "eats memory": "self.x = [bytearray(1 << 28) for _ in range(1 << 20)]",
    "talks without end": "while True: print('x' * 1000)",
    "raises": "raise BaseException('no')",
}

SOON = {"wall-seconds": 4, "cpu-seconds": 4}
"""Nothing here ends by itself, so the limit is what the test waits for."""


@pytest.mark.asyncio
@pytest.mark.parametrize("init", HOSTILE.values(), ids=HOSTILE.keys())
async def test_server_goes_on(project: Path, init: str) -> None:
    async with editing(project, settings={"limits": SOON}) as editor:
        good = editor.open(project / "good.py", script())
        await editor.diagnostics(good)
        before = descendants(editor.pid)

        bad = editor.open(project / "bad.py", script(init=init))
        said = await editor.diagnostics(bad)
        assert all(shown.severity != lsp.DiagnosticSeverity.Error for shown in said)

        editor.replace(good, script() + "\n")
        assert await editor.diagnostics(good)
        left = await_gone(descendants(editor.pid) - before, 5)
        assert len(left) <= len(before), "no more than a worker started afresh"
