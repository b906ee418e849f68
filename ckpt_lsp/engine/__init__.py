"""From one document to reports on its load sites: the only thing that the server and the command line both call.

Per load site: slice, then one dry run per scenario until one of them decides, then diagnosis while the worker's
child still holds model and state dict, so that fixes can be proven.
"""

from .engine import Engine, describe, never
from .errors import EngineUnavailable, SourceError

__all__ = ["Engine", "EngineUnavailable", "SourceError", "describe", "never"]
