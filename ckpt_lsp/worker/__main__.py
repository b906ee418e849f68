"""Started by path: `<user's python> -I .../ckpt_lsp/worker OPTIONS`.

Loads this folder as a package under a private name and takes it off `sys.path`, so that a module of the user
called `protocol` or `build` is never shadowed by one of ours.
"""

import importlib
import importlib.util
import os
import sys

PACKAGE = "_ckpt_lsp_worker"


def load() -> None:
    """Makes this folder importable as PACKAGE, and as nothing else."""
    folder = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != folder]
    spec = importlib.util.spec_from_file_location(
        PACKAGE, os.path.join(folder, "__init__.py"), submodule_search_locations=[folder]
    )
    if spec is None or spec.loader is None:
        raise ImportError("no package in %s" % folder)
    package = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = package
    spec.loader.exec_module(package)


if __name__ == "__main__":
    load()
    importlib.import_module(PACKAGE + ".start").main(sys.argv[1:])
