/** Starts the server with the workspace and keeps it in step with settings, interpreter and trust. */

import { type ExtensionContext, commands, window, workspace } from "vscode";

import { SelectedInterpreter } from "./interpreter";
import { Server } from "./server";

/** What decides which server is started; the server asks for the rest when it changes. */
const DECIDES_THE_SERVER = ["ckptLsp.server.command", "ckptLsp.python"];

let server: Server | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  const output = window.createOutputChannel("ckpt-lsp", { log: true });
  const interpreter = new SelectedInterpreter(output);
  const running = new Server(output, interpreter);
  const restart = (): Promise<void> => running.restart();
  server = running;
  context.subscriptions.push(
    output,
    commands.registerCommand("ckptLsp.restart", restart),
    commands.registerCommand("ckptLsp.showOutput", () => {
      output.show();
    }),
    workspace.onDidGrantWorkspaceTrust(restart),
    workspace.onDidChangeConfiguration((change) => {
      if (DECIDES_THE_SERVER.some((name) => change.affectsConfiguration(name))) {
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
