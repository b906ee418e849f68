"""What a fix changes, before it is written into one text or another."""

from __future__ import annotations

import ast
from dataclasses import dataclass


@dataclass(frozen=True)
class Rewrite:
    """Another way to make a load call.

    Code is Python over the names `state_dict` (what is loaded), `model` (what it is loaded into) and `torch`;
    `key`, `entries`, `old`, `new` and `renamed` are free for loops.  The text gets the user's own names in their place.
    """

    pick: tuple[str, ...] = ()
    """Keys under which the state dict lies in what the call is given."""
    statements: str = ""
    """Run before the call; they change `state_dict` in place."""
    expression: str = "state_dict"
    """What is loaded; the form for places where no statement can stand."""
    receiver: str = ""
    """What follows the model: ".module"."""
    strict: bool | None = None
    """None leaves it as it is."""

    @property
    def picked(self) -> str:
        """The state dict as an expression over what the call is given."""
        return "state_dict" + "".join(f"[{quoted(key)}]" for key in self.pick)

    @property
    def names(self) -> frozenset[str]:
        """The names that the code reads or binds."""
        trees = (ast.parse(self.statements), ast.parse(self.expression))
        return frozenset(n.id for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Name))


def quoted(text: str) -> str:
    """A Python string literal in double quotes, ASCII throughout."""
    body = ascii(text)[1:-1]
    if ascii(text)[0] == "'":
        body = body.replace('"', '\\"')
    return '"' + body.replace("\\'", "'") + '"'
