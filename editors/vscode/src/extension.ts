/** Starts the server with the workspace and keeps it in step with settings, interpreter and trust. */

import { type ExtensionContext, commands, window, workspace } from "vscode";

import { SelectedInterpreter } from "./interpreter";
import { Server } from "./server";

const TOLD_AT_START = ["server.command", "python", "sandbox", "checkpointRoots"];

let server: Server | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  const output = window.createOutputChannel("ckpt-lsp", { log: true });
  const interpreter = new SelectedInterpreter(output);
  const running = new Server(output, interpreter);
  const restart = (): Promise<void> => running.restart();
  server = running;
  context.subscriptions.push(
    output,
    running,
    commands.registerCommand("ckptLsp.restart", restart),
    commands.registerCommand("ckptLsp.showOutput", () => {
      output.show();
    }),
    workspace.onDidGrantWorkspaceTrust(restart),
    workspace.onDidChangeConfiguration((change) => {
      if (TOLD_AT_START.some((name) => change.affectsConfiguration(`ckptLsp.${name}`))) {
        void restart();
      }
    }),
  );
  const selection = await interpreter.connect(() => void restart());
  if (selection !== undefined) {
    context.subscriptions.push(selection);
  }
  await restart();
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
