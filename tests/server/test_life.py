"""How a session ends: whatever the end, no process is left, and nothing but LSP was ever on stdout."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
from pathlib import Path
from typing import IO, Any

import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcRequestCancelled

from .editor import PATIENCE, SERVER, editing
from .processes import await_gone, descendants
from .project import script


@pytest.fixture
def broken(project: Path) -> Path:
    path = project / "train.py"
    path.write_text(script())
    return path


@pytest.mark.asyncio
async def test_shutdown_leaves_no_process(broken: Path) -> None:
    async with editing(broken.parent) as editor:
        await editor.diagnostics(editor.open(broken))
        below = descendants(editor.pid)
        assert below, "the worker should be running"
        await editor.client.shutdown_async(None)
        assert not await_gone(below, 0)
        editor.client.exit(None)
        assert await asyncio.wait_for(editor.client._server.wait(), 10) == 0


@pytest.mark.asyncio
async def test_documents_opened_at_once_leave_no_process(broken: Path) -> None:
    async with editing(broken.parent) as editor:
        uris = [editor.open(broken.with_name(f"train{n}.py"), script()) for n in range(4)]
        for uri in uris:
            assert await editor.diagnostics(uri)
        below = descendants(editor.pid)
        await editor.client.shutdown_async(None)
        assert below and not await_gone(below, 0)
        # LSP allows no request after `shutdown`, so the session is ended here, not by `editing`.
        editor.client.exit(None)
        assert await asyncio.wait_for(editor.client._server.wait(), 10) == 0


@pytest.mark.asyncio
async def test_exit_without_shutdown_is_status_1(broken: Path) -> None:
    async with editing(broken.parent) as editor:
        await editor.diagnostics(editor.open(broken))
        below = descendants(editor.pid)
        editor.client.exit(None)
        assert await asyncio.wait_for(editor.client._server.wait(), 10) == 1
        assert not await_gone(below)


@pytest.mark.asyncio
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, "the client dies"])
@pytest.mark.parametrize("when", ["idle", "during a dry run"])
async def test_sudden_end_leaves_no_process(broken: Path, how: signal.Signals | str, when: str) -> None:
    async with editing(broken.parent) as editor:
        uri = editor.open(broken)
        await editor.diagnostics(uri)
        if when != "idle":
            editor.replace(uri, script(init="self.fc = nn.Linear(4, 2)\n        while True: pass"))
            await asyncio.sleep(1.0)
        below = descendants(editor.pid)
        if isinstance(how, signal.Signals):
            os.kill(editor.pid, how)
        else:
            editor.client._server.stdin.close()
        await asyncio.wait_for(editor.client._server.wait(), 15)
        assert below and not await_gone(below)


@pytest.mark.asyncio
async def test_shutdown_during_a_dry_run_is_quick(broken: Path) -> None:
    broken.write_text(script(init="while True: pass"))
    async with editing(broken.parent) as editor:
        editor.open(broken)
        await asyncio.sleep(3.0)
        below = descendants(editor.pid)
        await asyncio.wait_for(editor.client.shutdown_session(), 10)
        assert below and not await_gone(below)


@pytest.mark.asyncio
async def test_slow_check_shows_progress_and_ends_it(broken: Path) -> None:
    async with editing(broken.parent) as editor:
        uri = editor.open(broken)
        await editor.diagnostics(uri)
        first = len(editor.client.progress_reports)
        editor.replace(uri, script(init="import time; time.sleep(3); self.fc = nn.Linear(4, 2)"))
        await editor.diagnostics(uri)
        await editor.client.shutdown_session()
        [*_, reports] = editor.client.progress_reports.values()
        assert len(editor.client.progress_reports) == first + 1
        assert [type(report) for report in reports] == [lsp.WorkDoneProgressBegin, lsp.WorkDoneProgressEnd]
        assert reports[0].title == "Checking train.py"


@pytest.mark.asyncio
async def test_request_that_waits_for_a_check_can_be_cancelled(broken: Path) -> None:
    broken.write_text(script(init="while True: pass"))
    async with editing(broken.parent) as editor:
        uri = editor.open(broken)
        whole = lsp.Range(lsp.Position(0, 0), lsp.Position(10, 0))
        context = lsp.CodeActionContext(diagnostics=[])
        params = lsp.CodeActionParams(lsp.TextDocumentIdentifier(uri), whole, context)
        protocol = editor.client.protocol
        asking = protocol.send_request_async(lsp.TEXT_DOCUMENT_CODE_ACTION, params, msg_id="asked")
        waiting = asyncio.ensure_future(asking)
        await asyncio.sleep(0.5)
        assert not waiting.done()
        editor.client.cancel_request(lsp.CancelParams("asked"))
        with pytest.raises(JsonRpcRequestCancelled):
            await asyncio.wait_for(waiting, 5)


def test_stdout_carries_nothing_but_lsp(broken: Path) -> None:
    loud = "print('Content-Length: 3'); import os; os.write(1, b'x' * 99); os.system('echo out')"
    broken.write_text(script(before=loud, init=f"{loud}; self.fc = nn.Linear(4, 2)"))
    server = subprocess.Popen(SERVER, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert server.stdin and server.stdout
    server.stdin.write(b"".join(map(_frame, _until_the_check(broken))))
    server.stdin.flush()
    said = [_message(server.stdout)]
    while said[-1].get("id") != 2:
        said.append(_message(server.stdout))
    server.stdin.write(_frame({"id": 3, "method": "shutdown"}))
    server.stdin.flush()
    assert _message(server.stdout) == {"jsonrpc": "2.0", "id": 3, "result": None}
    assert server.communicate(_frame({"method": "exit"}), PATIENCE) == (b"", None)
    assert server.returncode == 0
    [published] = [m["params"] for m in said if m.get("method") == lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS]
    assert published["diagnostics"]


def _until_the_check(path: Path) -> list[dict[str, Any]]:
    """What a client says to open a file and then to ask for code actions, which waits for the check."""
    uri = path.as_uri()
    document = {"uri": uri, "languageId": "python", "version": 1, "text": path.read_text()}
    start = {"line": 0, "character": 0}
    nowhere = {"start": start, "end": start}
    asked = {"textDocument": {"uri": uri}, "range": nowhere, "context": {"diagnostics": []}}
    return [
        {"id": 1, "method": "initialize", "params": {"capabilities": {}, "rootUri": path.parent.as_uri()}},
        {"method": "initialized", "params": {}},
        {"method": "textDocument/didOpen", "params": {"textDocument": document}},
        {"id": 2, "method": "textDocument/codeAction", "params": asked},
    ]


def _frame(message: dict[str, Any]) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def _message(stream: IO[bytes]) -> dict[str, Any]:
    """The next frame of a stream that holds frames and nothing else."""
    header = stream.readline()
    while not header.endswith(b"\r\n\r\n"):
        line = stream.readline()
        assert line, f"the stream ends within {header!r}"
        header += line
    found = re.fullmatch(rb"Content-Length: (\d+)\r\n(?:Content-Type: [^\r\n]*\r\n)?\r\n", header)
    assert found, f"no LSP frame: {header!r}"
    message: dict[str, Any] = json.loads(stream.read(int(found[1])))
    return message
