/** The life of the server process: one at a time, started anew whenever what it was told has changed. */

import { statSync } from "node:fs";
import { type Disposable, type LogOutputChannel, commands, window, workspace } from "vscode";
import {
  CloseAction,
  ErrorAction,
  type ErrorHandler,
  LanguageClient,
  type LanguageClientOptions,
  RevealOutputChannelOn,
} from "vscode-languageclient/node";

import { type SelectedInterpreter } from "./interpreter";
import { type Launch, chooseLaunch } from "./launch";
import { configuredPython, serverCommand, serverSettings } from "./settings";

const CHECKPOINTS = "**/*.{pth,pt,ckpt,safetensors,bin}";
const PROJECT_FILES = "**/{pyproject.toml,ckpt-lsp.lock,*.py}";
const START_SECONDS = 60;

export class Server implements Disposable {
  private client: LanguageClient | undefined;
  private turn: Promise<void> = Promise.resolve();
  private readonly watchers = [CHECKPOINTS, PROJECT_FILES].map((glob) => workspace.createFileSystemWatcher(glob));

  constructor(
    private readonly output: LogOutputChannel,
    private readonly interpreter: SelectedInterpreter,
  ) {}

  /** Stops what runs and starts it with the present settings; calls in a row wait for each other. */
  restart(): Promise<void> {
    this.turn = this.turn.then(() => this.halt()).then(() => this.start());
    return this.turn;
  }

  async stop(): Promise<void> {
    this.turn = this.turn.then(() => this.halt());
    await this.turn;
  }

  dispose(): void {
    this.watchers.forEach((watcher) => void watcher.dispose());
  }

  private async halt(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    try {
      await client?.dispose();
    } catch (error) {
      this.output.warn(`The server did not stop in order: ${String(error)}`);
    }
  }

  private async start(): Promise<void> {
    try {
      const python = configuredPython() ?? (await this.interpreter.executable());
      const launch = chooseLaunch(circumstances(python));
      this.output.info(`Starting ${[launch.command, ...launch.args].join(" ")}`);
      this.client = await startClient(launch, this.options(python));
    } catch (error) {
      this.tell(error instanceof Error ? error.message : String(error));
    }
  }

  private options(python: string | undefined): LanguageClientOptions {
    return {
      documentSelector: [
        { scheme: "file", language: "python" },
        { scheme: "untitled", language: "python" },
      ],
      initializationOptions: serverSettings(python),
      synchronize: { fileEvents: this.watchers },
      diagnosticCollectionName: "ckpt-lsp",
      outputChannel: this.output,
      traceOutputChannel: this.output,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      // The failed start is told once, by `tell`.
      initializationFailedHandler: () => false,
    };
  }

  private tell(message: string): void {
    this.output.error(message);
    void window.showErrorMessage(message, "Open settings", "Show output").then((answer) => {
      if (answer === "Open settings") {
        void commands.executeCommand("workbench.action.openSettings", "ckptLsp");
      } else if (answer === "Show output") {
        this.output.show();
      }
    });
  }
}

function circumstances(interpreter: string | undefined): Parameters<typeof chooseLaunch>[0] {
  return {
    command: serverCommand(),
    interpreter,
    trusted: workspace.isTrusted,
    folders: (workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath),
    searchPath: process.env["PATH"] ?? "",
    windows: process.platform === "win32",
    isFile: (file) => statSync(file, { throwIfNoEntry: false })?.isFile() ?? false,
  };
}

/** @throws Error naming the command and the next step, if no server answers. */
async function startClient(launch: Launch, options: LanguageClientOptions): Promise<LanguageClient> {
  const crashes = new Crashes();
  const client = new LanguageClient(
    "ckptLsp",
    "ckpt-lsp",
    { command: launch.command, args: [...launch.args] },
    { ...options, errorHandler: crashes },
  );
  const overdue = setTimeout(() => client.serverProcess?.kill(), START_SECONDS * 1000);
  try {
    await client.start();
  } catch (error) {
    const command = [launch.command, ...launch.args].join(" ");
    const reason = error instanceof Error ? error.message : String(error);
    const message = `The language server "${command}" could not be started (${reason}).`;
    throw new Error(`${message} Run it in a terminal to see why, or set ckptLsp.server.command.`, { cause: error });
  } finally {
    clearTimeout(overdue);
  }
  crashes.hasStarted = true;
  return client;
}

/** Restarts a server that has worked before, but not for ever; one that never came up is not tried again. */
class Crashes implements ErrorHandler {
  hasStarted = false;
  private times: number[] = [];

  error(): ReturnType<ErrorHandler["error"]> {
    return { action: ErrorAction.Continue, handled: true };
  }

  closed(): ReturnType<ErrorHandler["closed"]> {
    const now = Date.now();
    this.times = [...this.times.filter((time) => now - time < 180_000), now];
    if (!this.hasStarted) {
      return { action: CloseAction.DoNotRestart, handled: true };
    }
    if (this.times.length > 3) {
      const message = 'The ckpt-lsp server ended four times within three minutes. See its output, then run "ckpt-lsp: Restart server".';
      return { action: CloseAction.DoNotRestart, message };
    }
    return { action: CloseAction.Restart, handled: true };
  }
}
