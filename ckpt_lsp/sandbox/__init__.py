"""How code of the workspace is kept in while it runs: one file per mechanism, and the pool that runs it.

Enter by `choice.choose` (which mechanism), `view.build` (what a dry run may read) and `pool.WorkerPool`.
Confinement is put on from outside, before the user's interpreter starts.
"""

from .choice import choose
from .interface import Confinement, Unavailable, WorkerUnavailable
from .pool import Description, Run, WorkerPool
from .view import View

__all__ = [
    "Confinement",
    "Description",
    "Run",
    "Unavailable",
    "View",
    "WorkerPool",
    "WorkerUnavailable",
    "choose",
]
