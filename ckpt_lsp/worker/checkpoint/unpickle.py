"""Runs a pickle's opcodes over drafts, importing, calling and hashing nothing of the file's.

What a pickle asks to be called becomes a `graph.DraftCall`, or, for the few callables that `rebuild` knows
(tensors, ordered dicts, sets), what the call is known to return.  Memory and time are charged to a `Budget`.
"""

from __future__ import annotations

from typing import Any

from .errors import Malformed
from .machine import Machine
from .opcodes import COSTS, HANDLERS, STOP, name_of

_INTERVAL = 4096
"""Opcodes between two looks at the clock."""


def unpickle(machine: Machine) -> Any:
    """The object that the pickle describes; the machine's tape then stands behind it.  Raises CheckpointError."""
    tape, budget, code, costs, handlers = machine.tape, machine.budget, STOP, COSTS, HANDLERS
    count = spent = 0
    try:
        while True:
            code = tape.byte()
            if code == STOP:
                budget.look(count, spent)
                return machine.stack.pop()
            count += 1
            spent += costs[code]
            if count == _INTERVAL:
                budget.look(count, spent)
                count = spent = 0
            handlers[code](machine)
    except (IndexError, KeyError, ValueError) as error:
        where = "%s before byte %d" % (name_of(code), tape.position)
        raise Malformed("holds a broken pickle (%s)" % where) from error
