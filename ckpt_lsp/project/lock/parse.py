"""A lock's text back to records.  It comes from a repository: every number is bounded, every word checked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ckpt_lsp.worker.checkpoint.records import DictOf, Global, ListOf, Node, Record, Ref, Tensor, TupleOf, Value

from .entries import Entry, Folder, Lock, is_name, is_portable
from .errors import LockError
from .fold import MOST, Part, read_label
from .reduce import DICTS, UNRECORDED, Table, is_builtin, is_scalar, is_version
from .write import METADATA

KEEP_BOTH = "keep the blocks of both sides, of one that both have either, then run `ckpt-lsp lock`"
_CONFLICT = re.compile(r"(<{7}|>{7}|\|{7})( |$)|={7}$")
_DEEPEST, _NESTED = 220, 40
"""Lines below lines, and containers in containers: more than `write` ever writes."""
_KINDS = {name.rpartition(".")[2]: name for name in DICTS}
_CONTAINER = re.compile(r"(dict|OrderedDict|Counter|defaultdict|list|tuple)(?: (builtins\.\w+))?(?: &(\d{1,9}))?")
_TENSOR = re.compile(
    r"(?P<dtype>\w+) (?P<shape>\[[\d, ]*\])(?: stride (?P<stride>\[[\d, ]*\]))?(?P<parameter>(?: frozen)? parameter)?"
    r'(?: layout (?P<layout>\w+))?(?: subclass (?P<subclass>".*"))?',
    re.ASCII,
)


@dataclass
class _Line:
    number: int
    text: str
    below: list[_Line] = field(default_factory=list)


def parse(text: str) -> Lock:
    """Raises LockError: for a merge conflict, and for anything else that `write` would not have written."""
    lines = _lines(text)
    if not lines or lines[0].text != "version: 1" or lines[0].below:
        raise LockError(lines[0].number if lines else 1, "is not that of a lock of version 1", "update ckpt-lsp")
    entries: dict[str, Entry] = {}
    folders: dict[str, Folder] = {}
    quota = _Quota()
    for block in _blocks(lines[1:]):
        is_folder = block[0].text.endswith("/]")
        path = _path(block[0], is_folder)
        if path in (folders if is_folder else entries):
            raise LockError(block[0].number, f"has {path} for a second time", "take one of them out")
        if is_folder:
            folders[path] = Folder(path, _names(block, quota))
        else:
            entries[path] = Entry(path, _record(block, quota))
    return Lock().with_entries(entries.values(), folders.values())


# -- lines and blocks -----------------------------------------------------------------------------------------


def _lines(text: str) -> list[_Line]:
    """By indentation, without comments and empty lines."""
    top: list[_Line] = []
    open_lists = [top]
    for number, line in enumerate(text.split("\n"), 1):
        line = line.removesuffix("\r")
        if _CONFLICT.match(line):
            raise LockError(number, "is a merge conflict", KEEP_BOTH)
        stripped = line.lstrip(" ")
        if not stripped or stripped.startswith("#"):
            continue
        depth, odd = divmod(len(line) - len(stripped), 2)
        if odd or depth >= len(open_lists) or depth > _DEEPEST:
            raise LockError(number, "is indented in a way that no lock is")
        del open_lists[depth + 1 :]
        one = _Line(number, stripped)
        open_lists[depth].append(one)
        open_lists.append(one.below)
    return top


def _blocks(lines: Sequence[_Line]) -> Iterator[list[_Line]]:
    block: list[_Line] = []
    for line in lines:
        if line.text.startswith("["):
            if block:
                yield block
            block = []
        elif not block:
            raise LockError(line.number, "belongs to no checkpoint")
        block.append(line)
    if block:
        yield block


def _path(line: _Line, is_folder: bool) -> str:
    end = "/]" if is_folder else "]"
    path = _json(line, f'"{line.text[1 : -len(end)]}"') if line.text.endswith(end) and not line.below else None
    if not isinstance(path, str) or not is_portable(path):
        raise LockError(line.number, "names no checkpoint by a relative path")
    return path


def _names(block: Sequence[_Line], quota: _Quota) -> tuple[str, ...]:
    """Of what lies in a folder."""
    if len(block) != 2 or not block[1].text.startswith("holds: ") or block[1].below:
        raise LockError(block[0].number, "begins a folder and does not say what it holds")
    line = block[1]
    names = tuple(_words(line, line.text.removeprefix("holds: ")))
    for name in names:
        quota.count(line)
        if not is_name(name):
            raise LockError(line.number, "holds a name that no file has")
    return tuple(sorted(set(names)))


def _record(block: Sequence[_Line], quota: _Quota) -> Record:
    facts: dict[str, tuple[str, ...]] = {}
    root: tuple[Value, Table] | None = None
    for line in block[1:]:
        name, _, rest = line.text.partition(": ")
        if name == "root" and root is None:
            builder = _Builder(quota)
            root = (builder.only_value(line, rest), builder.table)
        elif name in ("format", "globals", "calls", "files") and name not in facts and not line.below:
            facts[name] = tuple(_words(line, rest))
        else:
            raise LockError(line.number, "says nothing that a lock would say there")
    if root is None or len(facts.get("format", ())) != 1:
        raise LockError(block[0].number, "begins a checkpoint without its format or its root")
    nodes = tuple(root[1].nodes)
    more = [facts.get(name, ()) for name in ("globals", "calls", "files")]
    return Record(facts["format"][0], root[0], nodes, more[0], more[1], (), more[2])


_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s"]+')


def _words(line: _Line, text: str) -> Iterator[str]:
    for word in _WORD.findall(text):
        read = _json(line, word) if word.startswith('"') else word
        if not isinstance(read, str) or not is_scalar(read):
            raise LockError(line.number, "holds a name that no lock has")
        yield read


def _json(line: _Line, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise LockError(line.number, "breaks off in the middle of a value") from None


class _Quota:
    """A short label can stand for many keys."""

    def __init__(self) -> None:
        self._left = MOST

    def count(self, line: _Line) -> None:
        self._left -= 1
        if self._left < 0:
            raise LockError(line.number, "goes beyond the keys that a lock may have")


# -- values ---------------------------------------------------------------------------------------------------


class _Builder:
    """Makes the nodes in the order of the lines, which is that of `reduced`."""

    def __init__(self, quota: _Quota) -> None:
        self.table = Table()
        self._marked: dict[str, Ref] = {}
        self._quota = quota
        self._depth = 0

    def only_value(self, line: _Line, look: str) -> Value:
        """Where the lines below can but be what a container holds."""
        if line.below and not _CONTAINER.fullmatch(look):
            raise LockError(line.below[0].number, "lies below something that holds nothing")
        return self.value(line, look)

    def value(self, line: _Line, look: str) -> Value:
        container = _CONTAINER.fullmatch(look)
        if container is not None:
            return self._container(line, *container.groups())
        if look.startswith("*"):
            return self._same(line, look[1:])
        if look == "unrecorded":
            return UNRECORDED
        if look.startswith("= "):
            return _scalar(line, look[2:])
        return self.table.add(_tensor(line, look))

    def _same(self, line: _Line, mark: str) -> Ref:
        if mark not in self._marked:
            raise LockError(line.number, "is the same as something that is not there")
        return self._marked[mark]

    def _container(self, line: _Line, kind: str, factory: str | None, mark: str | None) -> Ref:
        number = self.table.reserve()
        if mark is not None:
            if mark in self._marked:
                raise LockError(line.number, "bears a mark that another line has")
            self._marked[mark] = Ref(number)
        self._depth += 1
        if self._depth > _NESTED:
            raise LockError(line.number, "lies deeper than a lock goes")
        self.table.nodes[number] = self._node(line, kind, factory)
        self._depth -= 1
        return Ref(number)

    def _node(self, line: _Line, kind: str, factory: str | None) -> Node:
        if (kind == "defaultdict") != (factory is not None):
            raise LockError(line.number, "has no factory, or one too many")
        if kind in _KINDS:
            return self._dict(line, _KINDS[kind], factory)
        items = tuple([self._item(one) for one in line.below])
        return ListOf(items) if kind == "list" else TupleOf(items)

    def _item(self, line: _Line) -> Value:
        if not line.text.startswith("-: "):
            raise LockError(line.number, "is no item of a list")
        self._quota.count(line)
        return self.only_value(line, line.text[3:])

    def _dict(self, line: _Line, kind: str, factory: str | None) -> DictOf:
        made = None
        if factory is not None:
            node = Global(factory, "builtins")
            if not is_builtin(node):
                raise LockError(line.number, "names a factory that no lock names")
            made = self.table.add(node)
        last = line.below[-1] if line.below and line.below[-1].text == f"{METADATA}:" else None
        found: dict[Value, Value] = {}
        for key, one, look in self._entries(line.below[:-1] if last else line.below):
            if key in found:
                raise LockError(one.number, "gives a key that was there before")
            found[key] = self.value(one, look)
        attributes = (("_metadata", self._metadata(last)),) if last else ()
        return DictOf(tuple(found), tuple(found.values()), kind, made, attributes)

    def _metadata(self, line: _Line) -> Ref:
        number = self.table.reserve()
        pairs = {key: self._versions(one, look) for key, one, look in self._entries(line.below)}
        self.table.nodes[number] = DictOf(tuple(pairs), tuple(pairs.values()), "collections.OrderedDict")
        return Ref(number)

    def _versions(self, line: _Line, look: str) -> Ref:
        read = _json(line, look)
        if not isinstance(read, dict):
            raise LockError(line.number, "is no version of a module")
        return self.table.add(self._version_table(line, read, 0))

    def _version_table(self, line: _Line, read: dict[str, Any], depth: int) -> DictOf:
        return DictOf(tuple(read), tuple([self._version(line, one, depth) for one in read.values()]))

    def _version(self, line: _Line, read: Any, depth: int) -> Value:
        if depth == 0 and isinstance(read, dict):
            return self.table.add(self._version_table(line, read, 1))
        if read != "unrecorded" and not is_version(read):
            raise LockError(line.number, "is no version of a module")
        return UNRECORDED if read == "unrecorded" else read

    # -- keys --------------------------------------------------------------------------------------------------

    def _entries(self, lines: Sequence[_Line], before: str = "") -> Iterator[tuple[Value, _Line, str]]:
        """Every key with its line, written out."""
        for line in lines:
            segments, look = _label(line)
            for name in self._written_out(line, segments):
                if isinstance(name, str):
                    yield from self._under(before + name, line, look)
                elif before or not look:
                    raise LockError(line.number, "has a number where a name belongs")
                else:
                    yield name[0], line, look

    def _under(self, key: str, line: _Line, look: str) -> Iterator[tuple[Value, _Line, str]]:
        if look:
            yield key, line, look
        elif not line.below:
            raise LockError(line.number, "says nothing of its key")
        if not _CONTAINER.fullmatch(look):
            yield from self._entries(line.below, f"{key}.")

    def _written_out(self, line: _Line, segments: list[list[Part]]) -> Iterator[str | tuple[Value]]:
        """A key that is no string comes in a tuple."""
        if len(segments) == 1:
            for part in segments[0]:
                self._quota.count(line)
                yield (_scalar(line, part[1:-1]),) if part.startswith("(") else _name(line, part)
            return
        heads = [_name(line, part) for part in segments[0]]
        for head in heads:
            for rest in self._written_out(line, segments[1:]):
                if not isinstance(rest, str):
                    raise LockError(line.number, "has a number where a name belongs")
                yield f"{head}.{rest}"


def _label(line: _Line) -> tuple[list[list[Part]], str]:
    try:
        return read_label(line.text)
    except ValueError as error:
        raise LockError(line.number, f"cannot be read: {error}") from None


def _name(line: _Line, part: Part) -> str:
    read = _json(line, part) if part.startswith('"') else part
    if not isinstance(read, str) or part.startswith("("):
        raise LockError(line.number, "has no name where one belongs")
    return read


def _scalar(line: _Line, text: str) -> Value:
    value = _json(line, text)
    if not is_scalar(value):
        raise LockError(line.number, "holds a value that no lock holds")
    return value  # type: ignore[no-any-return]


def _tensor(line: _Line, look: str) -> Tensor:
    found = _TENSOR.fullmatch(look)
    if found is None:
        raise LockError(line.number, "describes no tensor and no value")
    shape, stride = _sizes(line, found["shape"]), _sizes(line, found["stride"] or "[]")
    if stride and len(stride) != len(shape):
        raise LockError(line.number, "has as many strides as no tensor of its shape")
    subclass = _json(line, found["subclass"]) if found["subclass"] else None
    kind = found["parameter"]
    return Tensor(
        found["dtype"],
        shape,
        stride,
        requires_grad=kind == " parameter",
        is_parameter=kind is not None,
        layout=found["layout"] or "strided",
        subclass=subclass,
    )


def _sizes(line: _Line, text: str) -> tuple[int, ...]:
    sizes = _json(line, text)
    if not all(is_version(size) for size in sizes):
        raise LockError(line.number, "holds a size that no tensor has")
    return tuple(sizes)
