"""What is known of one scope while a slice grows."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from .callees import Context
from .reach import Scope


@dataclass(eq=False)
class ScopeState:
    scope: Scope
    context: Context
    all: list[ast.stmt]
    before: set[ast.stmt]
    """Statements that may run before an anchor is reached."""
    local: set[str] = field(default_factory=set)
    relevant: set[str] = field(default_factory=set)
    flows: set[tuple[str, str]] = field(default_factory=set)
