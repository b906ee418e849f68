/** The `ckptLsp.*` settings as this extension and the server use them. */

import { homedir } from "node:os";
import { workspace } from "vscode";

import { expand } from "./launch";

/** What the server is told; absent where the user has not chosen, so that pyproject.toml may. */
export interface ServerSettings {
  readonly trusted: boolean;
  readonly python: string | undefined;
  readonly sandbox: string | undefined;
  readonly checkpointRoots: readonly string[] | undefined;
  readonly severity: Readonly<Record<string, string>> | undefined;
}

export function serverSettings(interpreter: string | undefined): ServerSettings {
  return {
    trusted: workspace.isTrusted,
    python: interpreter,
    sandbox: chosen("sandbox"),
    checkpointRoots: chosen("checkpointRoots")?.map(expanded),
    severity: chosen("severity"),
  };
}

export function serverCommand(): readonly string[] {
  return (chosen("server.command") ?? []).map(expanded);
}

/** The interpreter of the setting `ckptLsp.python`, if there is one. */
export function configuredPython(): string | undefined {
  const python = chosen("python")?.trim();
  return python ? expanded(python) : undefined;
}

interface Settings {
  "server.command": string[];
  python: string;
  sandbox: string;
  checkpointRoots: string[];
  severity: Record<string, string>;
}

/** The value where the user has set one; the default counts as none. */
function chosen<K extends keyof Settings>(name: K): Settings[K] | undefined {
  const all = workspace.getConfiguration("ckptLsp");
  const said = all.inspect<Settings[K]>(name);
  const somewhere = said?.globalValue ?? said?.workspaceValue ?? said?.workspaceFolderValue;
  return somewhere === undefined ? undefined : all.get<Settings[K]>(name);
}

function expanded(value: string): string {
  return expand(value, homedir(), workspace.workspaceFolders?.[0]?.uri.fsPath);
}
