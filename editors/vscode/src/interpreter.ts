/** The interpreter that is selected in the Python extension, where that is installed. */

import { PVSC_EXTENSION_ID, PythonExtension } from "@vscode/python-extension";
import { type Disposable, type LogOutputChannel, extensions, workspace } from "vscode";

export class SelectedInterpreter {
  private api: PythonExtension | undefined;

  constructor(private readonly output: LogOutputChannel) {}

  /** Calls back whenever another one is selected.  Without the Python extension this never happens. */
  async connect(changed: () => void): Promise<Disposable | undefined> {
    if (extensions.getExtension(PVSC_EXTENSION_ID) === undefined) {
      return undefined;
    }
    try {
      this.api = await PythonExtension.api();
      return this.api.environments.onDidChangeActiveEnvironmentPath(changed);
    } catch (error) {
      this.output.warn(`The Python extension cannot be asked for its interpreter: ${String(error)}`);
      return undefined;
    }
  }

  /** Path of the executable, or undefined where none is selected. */
  async executable(): Promise<string | undefined> {
    const environments = this.api?.environments;
    const active = environments?.getActiveEnvironmentPath(workspace.workspaceFolders?.[0]?.uri);
    if (environments === undefined || active === undefined) {
      return undefined;
    }
    return (await environments.resolveEnvironment(active))?.executable.uri?.fsPath;
  }
}
