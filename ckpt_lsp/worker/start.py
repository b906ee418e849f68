"""From a bare interpreter to a worker that is ready, or to one of the standbys of such a worker."""

from __future__ import annotations

import gc
import os
import platform
import resource
import site
import sys
from typing import Any, Dict, List

from . import limits, standby
from .nursery import Nursery
from .options import Options, unpack
from .protocol import encode
from .zygote import Zygote

_DESCRIPTORS = 4096
"""Soft limit of the zygote: enough for its runs, and few enough for a child to close one by one."""


def main(arguments: List[str]) -> None:
    """Runs until the pool closes its end.  Exits with 1 where torch cannot be imported."""
    options = unpack(arguments[0])
    if options.parent is not None:
        standby.live(options, lambda: _warm_up(options))
        return
    for descriptor in (options.read, options.write):
        os.set_inheritable(descriptor, False)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, _DESCRIPTORS), hard))
    if options.fork:
        _serve_forking(options)
    else:
        _serve_standbys(options)


def _serve_forking(options: Options) -> None:
    try:
        ready = _warm_up(options)
        # Imports torch, like all that runs in a child.
        from .forking import Forking
    except BaseException as error:
        reason = "%s: %.500s" % (type(error).__name__, error)
        os.write(options.write, encode({"event": "failed", "id": 0, "reason": reason}))
        sys.exit(1)
    limits.close_to_others()
    limits.adopt_orphans()
    # What is there now is never collected, so that a child's collector does not copy its pages.
    gc.collect()
    gc.freeze()
    zygote = Zygote(options, lambda _: Forking(options))
    zygote.say_ready(ready)
    zygote.serve()


def _serve_standbys(options: Options) -> None:
    """Needs no torch itself."""
    limits.close_to_others()
    limits.adopt_orphans()
    Zygote(options, lambda zygote: Nursery(zygote, options, zygote.say_ready)).serve()


def _warm_up(options: Options) -> Dict[str, Any]:
    for folder in options.site_folders:
        site.addsitedir(folder)
    import torch

    torch.set_num_threads(1)
    from . import dryrun

    dryrun.warm_up()
    return {
        "event": "ready",
        "id": 0,
        "python": platform.python_version(),
        "torch": str(torch.__version__),
        "executable": sys.executable,
        "pid": os.getpid(),
    }
