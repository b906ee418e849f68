"""Dry runs forked off this process, which has torch: a few milliseconds each, and all memory shared."""

from __future__ import annotations

import os
from typing import NoReturn, Set, Tuple

from . import birth, child, dryrun
from .birth import Born, Ends, Order
from .options import Options
from .protocol import DryRunJob


class Forking:
    """There is always a process to be had."""

    def __init__(self, options: Options) -> None:
        self._options = options

    def begin(self) -> None:
        pass

    def expect(self, job: DryRunJob) -> None:
        dryrun.preload(job.preload)

    def ready(self) -> bool:
        return True

    def hopeless(self) -> str:
        return ""

    def bear(self, order: Order) -> Tuple[Born, bool]:
        parent = os.getpid()

        def live(ends: Ends) -> NoReturn:
            child.live(order, ends, self._options, parent)

        return birth.fork(live), False

    def waiting(self) -> Set[int]:
        return set()

    def buried(self, pid: int) -> None:
        pass

    def end(self) -> None:
        pass
