// The selected interpreter is simply the setting python.defaultInterpreterPath.
const { EventEmitter, Uri, workspace } = require("vscode");

const NAME = "python.defaultInterpreterPath";

exports.activate = (context) => {
  const changed = new EventEmitter();
  const active = () => ({ id: NAME, path: workspace.getConfiguration().get(NAME) });
  const listener = workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration(NAME)) {
      changed.fire(active());
    }
  });
  context.subscriptions.push(changed, listener);
  return {
    environments: {
      getActiveEnvironmentPath: active,
      resolveEnvironment: async ({ path }) => (path ? { executable: { uri: Uri.file(path) } } : undefined),
      onDidChangeActiveEnvironmentPath: changed.event,
    },
  };
};
