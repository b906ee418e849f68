"""TorchScript archives: a pickled tree of modules beside their code, which says what is parameter and what buffer."""

from __future__ import annotations

import re
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple

from .errors import Malformed
from .graph import DraftCall, DraftDict, DraftTensor
from .machine import Budget
from .reading import Job, Reading
from .records import Global
from .source import Source
from .torchzip import MOVED, check_marks, unpickle_entry
from .zipped import Archive

_MOST_CODE = 16 << 20
_CLASS = re.compile(
    r"^class (\w+)\(Module\):\n  __parameters__ = \[(.*)\]\n(?:  __buffers__ = \[(.*)\]\n)?", re.MULTILINE
)
"""PyTorch 1.2 and older did not say which attributes are buffers; torch then takes none for one."""
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_MODULE = 600
"""Bytes that a module takes in the state dict."""
_DEEPEST = 1000


class _Class(NamedTuple):
    parameters: List[str]
    buffers: List[str]


def is_torchscript(archive: Archive, folder: str) -> bool:
    """As torch itself decides it."""
    return archive.get(folder + "constants.pkl") is not None


def read_torchscript(source: Source, archive: Archive, folder: str, job: Job) -> Reading:
    """The state dict that the loaded module would have.  Raises CheckpointError."""
    check_marks(archive, folder)
    job.imports.moved = MOVED
    root = unpickle_entry(source, archive, folder, job, scripted=True)
    if not isinstance(root, DraftCall):
        raise Malformed("is a TorchScript archive without a module")
    return Reading("torchscript", _state_dict(root, _Code(archive, folder), job.budget))


class _Code:
    """The classes in the archive's `code/`, read file by file as they are asked for."""

    def __init__(self, archive: Archive, folder: str) -> None:
        self._archive = archive
        self._folder = folder + "code/"
        self._files: Dict[str, Dict[str, _Class]] = {}

    def find(self, module: DraftCall) -> Optional[_Class]:
        name = module.function.name if isinstance(module.function, Global) else ""
        file, _, cls = name.rpartition(".")
        if file not in self._files:
            self._files[file] = self._parse(file)
        return self._files[file].get(cls)

    def _parse(self, file: str) -> Dict[str, _Class]:
        content = self._archive.content(self._folder + file.replace(".", "/") + ".py", _MOST_CODE)
        found = _CLASS.finditer((content or b"").decode("utf-8", "replace"))
        return {match[1]: _Class(_QUOTED.findall(match[2]), _QUOTED.findall(match[3] or "")) for match in found}


def _state_dict(root: DraftCall, code: _Code, budget: Budget) -> DraftDict:
    made, metadata = DraftDict("collections.OrderedDict"), DraftDict("collections.OrderedDict")
    for prefix, module, cls in _modules(root, code):
        budget.look(10, _MODULE + len(prefix) * (1 + len(cls.parameters) + len(cls.buffers)))
        version = DraftDict()
        version.set("version", 1)
        metadata.set(prefix[:-1], version)
        for name, tensor in _tensors(module, cls):
            made.set(prefix + name, tensor)
    made.attributes["_metadata"] = metadata
    return made


def _modules(root: DraftCall, code: _Code) -> Iterator[Tuple[str, DraftCall, _Class]]:
    """Depth first, as `named_modules` does.  Raises Malformed where a module lies in itself."""
    todo: List[Tuple[str, Any, int]] = [("", root, 0)]
    while todo:
        prefix, module, depth = todo.pop()
        cls = code.find(module)
        if depth > _DEEPEST:
            raise Malformed("holds a module that contains itself")
        if cls is None:
            continue
        yield prefix, module, cls
        children = [(prefix + name + ".", child, depth + 1) for name, child in _attributes(module) if _is_module(child)]
        todo.extend(reversed(children))


def _is_module(value: Any) -> bool:
    return isinstance(value, DraftCall) and value.how == "new" and isinstance(value.function, Global)


def _attributes(module: DraftCall) -> "List[Tuple[str, Any]]":
    state = module.states[0] if module.states else None
    if not isinstance(state, DraftDict):
        return []
    return [(name, value) for name, value in state.pairs() if type(name) is str]


def _tensors(module: DraftCall, cls: _Class) -> "Iterator[Tuple[str, DraftTensor]]":
    """Parameters first, then buffers."""
    held = {name: value for name, value in _attributes(module) if isinstance(value, DraftTensor)}
    for name in cls.parameters:
        if name in held:
            yield name, held[name].again(is_parameter=True)
    for name in cls.buffers:
        if name in held:
            yield name, held[name]
