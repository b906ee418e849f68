"""Takes the pictures of the README: docs/vscode-squiggle.png and docs/vscode-fix.png, from the real server."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from code_server import CHECKOUT, Home, drive, example, pack, serving

QUIET_VIEW = {
    "security.workspace.trust.enabled": False,
    "workbench.colorTheme": "Default Dark Modern",
    "workbench.activityBar.location": "hidden",
    "workbench.layoutControl.enabled": False,
    "workbench.editor.editorActionsLocation": "hidden",
    "workbench.statusBar.visible": False,
    "window.commandCenter": False,
    "breadcrumbs.enabled": False,
    "editor.minimap.enabled": False,
    "editor.hover.above": False,
    "editor.fontSize": 14,
    "editor.lineHeight": 22,
    "editor.occurrencesHighlight": "off",
    "editor.renderLineHighlight": "none",
    "editor.matchBrackets": "never",
    "editor.scrollBeyondLastLine": False,
    "editor.overviewRulerBorder": False,
    "editor.hideCursorInOverviewRuler": True,
    "editor.stickyScroll.enabled": False,
    "editor.guides.indentation": False,
    "editor.inlayHints.enabled": "off",
}


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        home = Home(folder / "home")
        vsix = folder / "ckpt-lsp.vsix"
        pack(vsix)
        home.install(vsix)
        home.configure(user=QUIET_VIEW)
        home.put_on_path(Path(sys.executable).parent)
        project = example(folder / "classifier")
        with serving(home) as address:
            drive(
                "pictures",
                address,
                project,
                {"file": "predict.py", "docs": str(CHECKOUT / "docs")},
            )


if __name__ == "__main__":
    main()
