"""The life of a dry run that was spawned ahead of its job: import torch, wait for the order, carry it out.

For systems without a safe fork.  It ends as a forked one does, and lives as one from the order on.
"""

from __future__ import annotations

import os
import resource
from typing import Any, Callable, Dict

from . import limits
from .birth import QUESTIONS, RESULTS, Order
from .options import Options
from .protocol import Decoder, DryRunJob, encode, from_plain


def live(options: Options, warm_up: Callable[[], Dict[str, Any]]) -> None:
    """Returns only where no order comes, which is when the parent has gone."""
    os.setsid()
    assert options.parent is not None
    limits.die_with(options.parent)
    os.closerange(QUESTIONS + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    try:
        ready = warm_up()
        # Imports torch.
        from . import child, dryrun

        dryrun.preload(options.preload)
    except BaseException as error:
        reason = "%s: %.500s" % (type(error).__name__, error)
        os.write(RESULTS, encode({"event": "failed", "id": 0, "reason": reason}))
        return
    limits.close_to_others()
    os.write(RESULTS, encode(ready))
    order = _order()
    if order is not None:
        dryrun.preload(order.job.preload)
        child.carry_out(order, options)


def _order() -> Any:
    decoder = Decoder()
    while data := os.read(QUESTIONS, 1 << 16):
        for message in decoder.feed(data):
            given = message["order"]
            return Order(from_plain(DryRunJob, given["job"]), given["token"], given["scratch"])
    return None
