"""The state of the pickle machine: stack, marks, memo, the globals it met, and what it may still spend."""

from __future__ import annotations

import time
from typing import Any, Callable, Dict, List, Tuple

from .errors import Malformed, TooLarge
from .graph import DraftCall
from .records import Global
from .tape import Tape

Persistent = Callable[[Any], Any]
Rebuild = Callable[[str, "Tuple[Any, ...]"], Any]


class Budget:
    """What reading one file may cost, in processor time of this thread, estimated memory and opcodes."""

    def __init__(self, seconds: float = 1.8, memory: int = 150_000_000, opcodes: int = 40_000_000) -> None:
        self.memory = memory
        self._deadline = time.thread_time() + seconds
        self._opcodes = opcodes

    def charge(self, memory: int) -> None:
        """Raises TooLarge."""
        self.memory -= memory
        if self.memory < 0:
            raise TooLarge("describes more objects than a checkpoint of weights needs")

    def look(self, opcodes: int = 0, memory: int = 0) -> None:
        """Charges both and looks at the clock.  Raises TooLarge."""
        self.charge(memory)
        self._opcodes -= opcodes
        if self._opcodes < 0:
            raise TooLarge("describes more objects than a checkpoint of weights needs")
        if time.thread_time() > self._deadline:
            raise TooLarge("takes too long to read")


class Imports:
    """The globals that the pickles of one file name, each one object."""

    def __init__(self) -> None:
        self.moved: Dict[str, str] = {}
        """Modules that are looked for elsewhere."""
        self._found: Dict[Tuple[str, str], Global] = {}
        self._called: Dict[str, None] = {}

    def find(self, module: str, name: str) -> Global:
        module = self.moved.get(module, module)
        found = self._found.get((module, name))
        if found is None:
            found = self._found[module, name] = Global("%s.%s" % (module, name), module)
        return found

    def builtin(self, name: str) -> Global:
        """One that the pickle needs but does not import."""
        return Global("builtins." + name, "builtins")

    def call(self, function: Global) -> None:
        self._called.setdefault(function.name)

    @property
    def names(self) -> Tuple[str, ...]:
        return tuple(dict.fromkeys(item.name for item in self._found.values()))

    @property
    def called(self) -> Tuple[str, ...]:
        return tuple(self._called)


class Machine:
    """Stack, marks and memo of one pickle."""

    def __init__(
        self,
        tape: Tape,
        budget: Budget,
        imports: Imports,
        persistent: Persistent,
        rebuild: Rebuild,
        encoding: str = "utf-8",
    ) -> None:
        self.tape = tape
        self.budget = budget
        self.imports = imports
        self.persistent = persistent
        self.rebuild = rebuild
        self.encoding = encoding
        """Of Python 2 strings; "bytes" keeps them as they are."""
        self.protocol = 0
        self.stack: List[Any] = []
        self._below: List[List[Any]] = []
        self.memo: List[Any] = []
        self.far: Dict[int, Any] = {}
        """The rest of the memo, where its indices leave gaps."""

    # -- stack and memo ----------------------------------------------------------------------------------------

    def mark(self) -> None:
        self._below.append(self.stack)
        self.stack = []

    def unmark(self) -> List[Any]:
        """All above the topmost mark.  Raises IndexError if there is none."""
        items = self.stack
        self.stack = self._below.pop()
        return items

    def pop(self) -> None:
        if self.stack:
            del self.stack[-1]
        else:
            self.unmark()

    def remember(self, index: int) -> None:
        """Memo indices that leave gaps are kept apart: a list as long as the largest would be a bomb."""
        value, memo = self.stack[-1], self.memo
        if index == len(memo):
            memo.append(value)
            self.far.pop(index, None)
        elif 0 <= index < len(memo):
            memo[index] = value
        elif index < 0:
            raise ValueError(index)
        else:
            self.budget.charge(100)
            self.far[index] = value

    def remember_next(self) -> None:
        self.remember(len(self.memo) + len(self.far))

    def recall(self, index: int) -> None:
        if index < 0:
            raise KeyError(index)
        self.stack.append(self.memo[index] if index < len(self.memo) else self.far[index])

    # -- imports and calls -------------------------------------------------------------------------------------

    def call(self, function: Any, args: Any, how: str = "call") -> Any:
        """What calling `function` would return.  Raises Malformed where it cannot be called at all."""
        if not isinstance(args, tuple):
            raise Malformed("holds a pickle that calls something with no tuple of arguments")
        if isinstance(function, Global):
            known = self.rebuild(function.name, args)
            if known is not None:
                return known
            self.imports.call(function)
        elif not isinstance(function, DraftCall):
            raise Malformed("holds a pickle that calls what cannot be called")
        return DraftCall(function, args, how)
