import assert from "node:assert/strict";
import { test } from "node:test";

import { type Circumstances, ServerNotFound, chooseLaunch, expand } from "../src/launch.ts";

function here(files: readonly string[], changes: Partial<Circumstances> = {}): Circumstances {
  return {
    command: [],
    interpreter: undefined,
    trusted: true,
    folders: ["/project"],
    searchPath: "/usr/local/bin:/usr/bin",
    windows: false,
    isFile: (file) => files.includes(file),
    ...changes,
  };
}

test("a command in the settings is taken as it stands", () => {
  const launch = chooseLaunch(here(["/usr/bin/ckpt-lsp"], { command: ["/opt/c", "serve", "--log", "x"] }));
  assert.deepEqual(launch, { command: "/opt/c", args: ["serve", "--log", "x"] });
});

test("the selected interpreter's ckpt-lsp goes before the one on PATH", () => {
  const files = ["/project/.venv/bin/ckpt-lsp", "/usr/bin/ckpt-lsp"];
  const launch = chooseLaunch(here(files, { interpreter: "/project/.venv/bin/python" }));
  assert.deepEqual(launch, { command: "/project/.venv/bin/ckpt-lsp", args: ["serve"] });
});

test("PATH serves where the interpreter has none, in its order", () => {
  const files = ["/usr/bin/ckpt-lsp", "/usr/local/bin/ckpt-lsp"];
  assert.equal(chooseLaunch(here(files, { interpreter: "/env/bin/python" })).command, "/usr/local/bin/ckpt-lsp");
});

test("an untrusted workspace's own environment is not run", () => {
  const files = ["/project/.venv/bin/ckpt-lsp", "/usr/bin/ckpt-lsp"];
  const changes = { interpreter: "/project/.venv/bin/python", trusted: false };
  assert.equal(chooseLaunch(here(files, changes)).command, "/usr/bin/ckpt-lsp");
  const onPath = { searchPath: "/project/bin:/usr/bin", trusted: false };
  assert.equal(chooseLaunch(here(["/project/bin/ckpt-lsp", "/usr/bin/ckpt-lsp"], onPath)).command, "/usr/bin/ckpt-lsp");
});

test("an environment outside serves an untrusted workspace too, even if the names begin alike", () => {
  const changes = { interpreter: "/project-env/bin/python", trusted: false };
  assert.equal(chooseLaunch(here(["/project-env/bin/ckpt-lsp"], changes)).command, "/project-env/bin/ckpt-lsp");
});

test("relative entries of PATH are passed over", () => {
  assert.throws(() => chooseLaunch(here(["ckpt-lsp", "./ckpt-lsp"], { searchPath: ".::bin" })), ServerNotFound);
});

test("what is missing is said with where it was looked for and the next step", () => {
  const untrusted = { interpreter: "/env/bin/python", trusted: false };
  assert.throws(() => chooseLaunch(here([], untrusted)), (error: Error) => {
    assert.match(error.message, /beside \/env\/bin\/python or on PATH/);
    assert.match(error.message, /pip install ckpt-lsp/);
    assert.match(error.message, /until you trust it/);
    return true;
  });
  assert.throws(() => chooseLaunch(here([])), /not found on PATH\. Install it .* or set ckptLsp\.server\.command\.$/);
});

test("home and workspace folder are filled in", () => {
  assert.equal(expand("~/bin/python", "/home/me", "/project"), "/home/me/bin/python");
  assert.equal(expand("${workspaceFolder}/.venv/bin/python", "/home/me", "/project"), "/project/.venv/bin/python");
  assert.equal(expand("~other/x", "/home/me", undefined), "~other/x");
});
