"""In which order a record's objects can be built, cycles included, without recursion.

A consumer executes `steps(record)` one by one: "make" a node's object (whole, if it is immutable; an empty shell, if
it is a container), later "fill" it.  Whatever a step needs has been made before.
"""

from __future__ import annotations

from typing import Iterator, List, NamedTuple, Set, Tuple

from .errors import Malformed
from .records import Call, DictOf, Global, ListOf, Node, Record, Ref, SetOf, Storage, Tensor, TupleOf, Value

MAKE, FILL = "make", "fill"


class Step(NamedTuple):
    action: str
    """"make" or "fill"."""
    number: int
    """Of the node."""


def made_of(node: Node) -> Tuple[Value, ...]:
    """What must be there before the object is made."""
    if isinstance(node, TupleOf):
        return node.items
    if isinstance(node, SetOf):
        return node.items if node.frozen else ()
    if isinstance(node, DictOf):
        return (node.factory,)
    if isinstance(node, Tensor):
        return (node.storage, *node.parts)
    if isinstance(node, Call):
        return (node.function, *node.args, *node.keyword_values)
    return ()


def filled_with(node: Node) -> Tuple[Value, ...]:
    """What goes into the object once it is made."""
    if isinstance(node, ListOf):
        return node.items
    if isinstance(node, SetOf):
        return () if node.frozen else node.items
    if isinstance(node, DictOf):
        return (*node.keys, *node.values, *_of_attributes(node))
    if isinstance(node, Tensor):
        return _of_attributes(node)
    if isinstance(node, Call):
        return (*node.list_items, *node.keys, *node.values, *node.states)
    return ()


def _of_attributes(node: "DictOf | Tensor") -> Tuple[Value, ...]:
    return tuple(value for _, value in node.attributes)


def steps(record: Record) -> Iterator[Step]:
    """Every reachable node is made once, and filled once where it can be filled (all but tuples, frozen sets, storages
    and globals).  Raises Malformed for an immutable object that contains itself, which no pickle can describe."""
    return _Planner(record).run()


class _Frame:
    __slots__ = ("children", "made", "number", "waits_for")

    def __init__(self, number: int, children: "Iterator[Value]") -> None:
        self.number = number
        self.children = children
        self.made = False
        self.waits_for = -1
        """Depth of the frame whose object this one holds, but which is not made yet."""


class _Planner:
    def __init__(self, record: Record) -> None:
        self._nodes = record.nodes
        self._root = record.root
        self._made: Set[int] = set()
        self._depths: "dict[int, int]" = {}
        self._stack: List[_Frame] = []
        self._late: "dict[int, List[int]]" = {}
        """depth of an unmade frame → objects to be filled once it is made"""

    def run(self) -> Iterator[Step]:
        if isinstance(self._root, Ref):
            self._enter(self._root.number)
        while self._stack:
            frame = self._stack[-1]
            child = next(frame.children, self)
            if child is not self:
                self._visit(frame, child)  # type: ignore[arg-type]
            elif not frame.made:
                yield from self._make(frame)
            else:
                yield from self._leave(frame)

    def _enter(self, index: int) -> None:
        self._depths[index] = len(self._stack)
        self._stack.append(_Frame(index, iter(made_of(self._nodes[index]))))

    def _visit(self, frame: _Frame, child: Value) -> None:
        if not isinstance(child, Ref) or child.number in self._made:
            return
        depth = self._depths.get(child.number)
        if depth is None:
            self._enter(child.number)
        elif not frame.made:
            raise Malformed("holds an object that is made of itself")
        else:
            frame.waits_for = depth if frame.waits_for < 0 else min(depth, frame.waits_for)

    def _make(self, frame: _Frame) -> Iterator[Step]:
        frame.made = True
        self._made.add(frame.number)
        frame.children = iter(filled_with(self._nodes[frame.number]))
        yield Step(MAKE, frame.number)
        for late in self._late.pop(len(self._stack) - 1, ()):
            yield Step(FILL, late)

    def _leave(self, frame: _Frame) -> Iterator[Step]:
        self._stack.pop()
        node = self._nodes[frame.number]
        if isinstance(node, (TupleOf, Storage, Global)) or (isinstance(node, SetOf) and node.frozen):
            return
        if frame.waits_for >= 0:
            self._late.setdefault(frame.waits_for, []).append(frame.number)
        else:
            yield Step(FILL, frame.number)
