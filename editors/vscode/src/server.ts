/** The life of the server process: one at a time, started anew whenever what it was told has changed. */

import { statSync } from "node:fs";
import { createInterface } from "node:readline";
import { type Readable } from "node:stream";
import { type LogOutputChannel, commands, window, workspace } from "vscode";
import {
  CloseAction,
  type ConfigurationParams,
  ErrorAction,
  type ErrorHandler,
  LanguageClient,
  type LanguageClientOptions,
  RevealOutputChannelOn,
} from "vscode-languageclient/node";

import { type SelectedInterpreter } from "./interpreter";
import { type Launch, chooseLaunch } from "./launch";
import { type ServerSettings, configuredPython, serverCommand, serverSettings } from "./settings";

const START_SECONDS = 60;

export class Server {
  private client: LanguageClient | undefined;
  private turn: Promise<void> = Promise.resolve();

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
      const python = await this.python();
      const launch = chooseLaunch(circumstances(python));
      this.output.info(`Starting ${commandLine(launch)}`);
      this.client = await startClient(launch, this.options(serverSettings(python)));
      this.output.info(`Version ${version(this.client)} is up in a workspace that is ${trust()}`);
    } catch (error) {
      this.tell(error instanceof Error ? error.message : String(error));
    }
  }

  private async python(): Promise<string | undefined> {
    return configuredPython() ?? (await this.interpreter.executable());
  }

  /** The server itself asks for news of files and settings, so nothing is synchronised from here. */
  private options(initializationOptions: ServerSettings): LanguageClientOptions {
    return {
      documentSelector: [
        { scheme: "file", language: "python" },
        // The texts of these are told as parts of their notebook, which the server asks for.
        { scheme: "vscode-notebook-cell", language: "python" },
      ],
      initializationOptions,
      middleware: { workspace: { configuration: (asked) => this.configuration(asked) } },
      diagnosticCollectionName: "ckpt-lsp",
      outputChannel: this.output,
      traceOutputChannel: this.output,
      stdioOptions: { stdout: forward, stderr: forward },
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      // The failed start is told once, by `tell`.
      initializationFailedHandler: () => false,
    };
  }

  /** Trust and the selected interpreter are no settings of the editor, but the server asks for all in one. */
  private async configuration(asked: ConfigurationParams): Promise<(ServerSettings | null)[]> {
    const settings = serverSettings(await this.python());
    return asked.items.map((item) => (item.section === "ckptLsp" ? settings : null));
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
  const patience = AbortSignal.timeout(START_SECONDS * 1000);
  const giveUp = (): void => void client.serverProcess?.kill();
  patience.addEventListener("abort", giveUp);
  try {
    await client.start();
  } catch (error) {
    const reason = patience.aborted ? `it did not answer within ${String(START_SECONDS)} s` : reasonIn(error);
    const message = `The language server "${commandLine(launch)}" could not be started: ${reason}.`;
    throw new Error(`${message} Run it in a terminal to see why, or set ckptLsp.server.command.`, { cause: error });
  } finally {
    patience.removeEventListener("abort", giveUp);
  }
  crashes.hasStarted = true;
  return client;
}

/** The server's log has its own levels: its lines are no errors only because they come over stderr. */
function forward(input: Readable, output: LogOutputChannel): void {
  createInterface({ input }).on("line", (line) => {
    output.info(line);
  });
}

function version(client: LanguageClient): string {
  return client.initializeResult?.serverInfo?.version ?? "unknown";
}

function trust(): string {
  return workspace.isTrusted ? "trusted" : "not trusted";
}

/** The client library tells of a lost process in the words of whatever stream broke first. */
function reasonIn(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const launching = /spawn .+/.exec(message);
  if (launching !== null) {
    return launching[0];
  }
  return /EPIPE|ECONNRESET|stream|disposed|closed/.test(message) ? "it ended before it answered" : message;
}

function commandLine(launch: Launch): string {
  return [launch.command, ...launch.args].join(" ");
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
