/** Decides which command starts the server.  Pure: the world comes in as arguments, nothing is executed here. */

import * as path from "node:path";

/** What the decision depends on. */
export interface Circumstances {
  /** The setting `ckptLsp.server.command`; empty if the user has not set it. */
  readonly command: readonly string[];
  /** Executable of the selected Python environment. */
  readonly interpreter: string | undefined;
  readonly trusted: boolean;
  /** Folders of the workspace. */
  readonly folders: readonly string[];
  /** The value of PATH. */
  readonly searchPath: string;
  readonly windows: boolean;
  readonly isFile: (file: string) => boolean;
}

export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
}

/** There is no server to start; the message names the next step. */
export class ServerNotFound extends Error {}

/** @throws ServerNotFound */
export function chooseLaunch(here: Circumstances): Launch {
  const [command, ...args] = here.command;
  if (command !== undefined) {
    return { command, args };
  }
  const found = besideInterpreter(here) ?? onPath(here);
  if (found === undefined) {
    throw new ServerNotFound(whyNotFound(here));
  }
  return { command: found, args: ["serve"] };
}

/** Replaces `~` and `${workspaceFolder}` as the user expects them to work in a setting. */
export function expand(value: string, home: string, folder: string | undefined): string {
  const atHome = value === "~" || value.startsWith("~/") ? home + value.slice(1) : value;
  return folder === undefined ? atHome : atHome.replaceAll("${workspaceFolder}", folder);
}

function besideInterpreter(here: Circumstances): string | undefined {
  if (here.interpreter === undefined || !mayRun(here, here.interpreter)) {
    return undefined;
  }
  const bin = path.dirname(here.interpreter);
  // Conda on Windows keeps python.exe one level above its scripts.
  const folders = here.windows ? [bin, path.join(bin, "Scripts")] : [bin];
  return firstFile(here, folders);
}

/** An environment that lies in the workspace is code of the workspace. */
function mayRun(here: Circumstances, interpreter: string): boolean {
  return here.trusted || !here.folders.some((folder) => isBelow(interpreter, folder));
}

function isBelow(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return !relative.startsWith("..") && !path.isAbsolute(relative);
}

/** Searched by hand, since Windows would look into the workspace first. */
function onPath(here: Circumstances): string | undefined {
  const folders = here.searchPath.split(here.windows ? ";" : ":").filter((folder) => path.isAbsolute(folder));
  return firstFile(
    here,
    folders.filter((folder) => mayRun(here, folder)),
  );
}

function firstFile(here: Circumstances, folders: readonly string[]): string | undefined {
  const name = here.windows ? "ckpt-lsp.exe" : "ckpt-lsp";
  return folders.map((folder) => path.join(folder, name)).find(here.isFile);
}

function whyNotFound(here: Circumstances): string {
  const places = here.interpreter === undefined ? "on PATH" : `beside ${here.interpreter} or on PATH`;
  const next = 'Install it with "pip install ckpt-lsp", or set ckptLsp.server.command.';
  const trust = here.trusted ? "" : " Environments inside this workspace are not used until you trust it.";
  return `ckpt-lsp was not found ${places}. ${next}${trust}`;
}
