"""Which globals of a checkpoint run something other than the making of its objects when all of it is unpickled.

A pickle may call whatever can be imported.  Ordinary checkpoints call little: the rebuilding of tensors and arrays,
containers, classes.  So of the standard library everything that is called counts unless it is known to be harmless;
some names count even where they are only named, since any harmless function may be made to call them; of installed
packages what is known to run code; of the workspace's own code nothing, since the program runs it anyway.
"""

from __future__ import annotations

import ast
import functools
import importlib.util
import os
import sys
from typing import Callable, FrozenSet, Iterator, List, Set, Tuple

from .records import Call, Global, Record, Value

_AT_SIGHT = frozenset(
    "_ctypes _posixsubprocess _winapi bdb cProfile code codeop commands ctypes doctest ensurepip imp importlib nt os "
    "pdb pip popen2 posix profile pty pydoc runpy shutil socket subprocess sys timeit trace webbrowser".split()
)
"""Modules nothing of which belongs into a checkpoint, called or not."""

_BUILTINS = frozenset(
    "__build_class__ __import__ breakpoint compile delattr eval exec execfile exit file globals input locals open "
    "quit reload setattr vars".split()
)
"""Of `builtins`; `getattr` is how bound methods are pickled, and is looked at more closely."""

_HARMLESS_PLACES = frozenset({"os.PathLike", "os.stat_result", "sys.float_info", "sys.int_info", "sys.version_info"})

_MAY_BE_CALLED = frozenset(
    "_collections _codecs _datetime _decimal _random _struct abc argparse array bisect builtins calendar cmath "
    "collections contextlib copy copyreg dataclasses datetime decimal enum fractions functools heapq inspect ipaddress "
    "itertools json math numbers operator pathlib queue random re sre_compile statistics string textwrap time types "
    "typing unittest uuid weakref zoneinfo".split()
)
"""Modules of the standard library that make objects and touch nothing; what they could be made to call would have
to be named as well."""

_CALLED_OF_OTHERS = frozenset(
    "codecs.encode io.BytesIO io.StringIO _io.BytesIO _io.StringIO logging.getLogger logging.Logger "
    "logging.RootLogger logging.StreamHandler logging.Formatter logging.NullHandler threading.Lock threading.RLock "
    "multiprocessing.context._default_context".split()
)
_NOT_CALLED = frozenset(
    "copyreg.add_extension inspect.getattr_static inspect.getmembers types.CodeType types.FunctionType "
    "unittest.main weakref.finalize".split()
)
"""Among the modules that may be called."""

_OF_PACKAGES = (
    "dill._dill.load",
    "dill._dill.loads",
    "joblib.numpy_pickle.load",
    "numpy.distutils.",
    "numpy.f2py.",
    "numpy.load",
    "numpy.testing.",
    "pandas.core.computation.eval.eval",
    "pandas.io.pickle.read_pickle",
    "requests.",
    "test.support.",
    "torch._dynamo.guards.GuardBuilder",
    "torch._inductor.",
    "torch.compile",
    "torch.distributed.rpc.",
    "torch.fx.experimental.symbolic_shapes.ShapeEnv.evaluate_guards_expression",
    "torch.hub.",
    "torch.jit.load",
    "torch.jit.unsupported_tensor_ops.execWrapper",
    "torch.load",
    "torch.ops.load_library",
    "torch.package.",
    "torch.serialization.load",
    "torch.utils._config_module.",
    "torch.utils.bottleneck.",
    "torch.utils.collect_env.",
    "torch.utils.cpp_extension.",
    "torch.utils.data.datapipes.utils.decoder.basichandlers",
    "torch.utils.model_zoo.",
)
"""Beginnings of names; a whole name where it does not end in a dot."""

_ON_THE_WAY = frozenset(
    "__base__ __bases__ __builtins__ __class__ __code__ __dict__ __getattribute__ __globals__ __import__ __loader__ "
    "__mro__ __reduce__ __reduce_ex__ __spec__ __subclasses__ builtins ctypes importlib nt os posix runpy shutil "
    "subprocess sys".split()
)
"""Attributes through which a harmless name leads to a harmful one: `torch.serialization.os.system`."""

Own = Callable[[str], bool]


def hazards(record: Record, own: Own = lambda package: False) -> Tuple[str, ...]:
    """The names, in the order in which the file has them; `own` tells top-level packages of the workspace."""
    called = set(record.calls)
    found = {name for name in record.globals if _runs(name, name in called, own)}
    if "builtins.getattr" in called and _reaches(record, own):
        found.add("builtins.getattr")
    return tuple(name for name in dict.fromkeys((*record.globals, *record.calls)) if name in found)


def _runs(name: str, called: bool, own: Own) -> bool:
    package, _, rest = name.partition(".")
    if name in _HARMLESS_PLACES or (package not in sys.builtin_module_names and own(package)):
        return False
    if package in _AT_SIGHT or (package == "builtins" and rest in _BUILTINS):
        return _is_there(package, rest)
    if not _ON_THE_WAY.isdisjoint(rest.split(".")):
        return True
    if package in _STANDARD:
        return called and _is_called_for_more(package, name) and _is_there(package, rest)
    return any(name == begin or (begin.endswith(".") and name.startswith(begin)) for begin in _OF_PACKAGES)


def _is_called_for_more(package: str, name: str) -> bool:
    return name in _NOT_CALLED or (package not in _MAY_BE_CALLED and name not in _CALLED_OF_OTHERS)


def _is_there(package: str, rest: str) -> bool:
    """False where the standard library has no such thing, so that the name is a foreign one: `code.nets.Net`."""
    members = _members(package)
    return "*" in members or rest.split(".")[0] in members


@functools.lru_cache(maxsize=None)
def _members(package: str) -> "FrozenSet[str]":
    """What a module of the standard library has; `*` where that cannot be told.  Nothing is imported."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        return frozenset("*")
    beside = [entry.split(".")[0] for folder in spec.submodule_search_locations or () for entry in os.listdir(folder)]
    return frozenset(_bound_by(spec.origin).union(beside))


def _bound_by(path: str) -> "Set[str]":
    """Names that a module's top level may bind; `*` where that cannot be told."""
    with open(path, "rb") as file:
        tree = ast.parse(file.read())
    found = {name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names}
    todo: List[ast.AST] = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
            continue
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).split(".")[0])
        todo.extend(ast.iter_child_nodes(node))
    return found | ({"*"} if found & {"__getattr__", "globals", "vars"} else set())


def _reaches(record: Record, own: Own) -> bool:
    """Whether `getattr` does more than bind a method: one that is thrown away, or takes what leads further."""
    bound = list(_getattrs(record))
    return not bound or any(_leads_on(record, call, own) for call in bound)


def _getattrs(record: Record) -> Iterator[Call]:
    for node in record.nodes:
        if isinstance(node, Call) and _global(record, node.function) == "builtins.getattr":
            yield node


def _leads_on(record: Record, call: Call, own: Own) -> bool:
    if len(call.args) < 2 or not isinstance(call.args[1], str) or call.args[1] in _ON_THE_WAY:
        return True
    holder = _global(record, call.args[0])
    return holder is not None and _runs("%s.%s" % (holder, call.args[1]), True, own)


def _global(record: Record, value: Value) -> "str | None":
    node = record.node(value)
    return node.name if isinstance(node, Global) else None


def _standard() -> "Set[str]":
    """Names of the standard library's modules; of Python 3.9, which does not tell them, as its folder has them."""
    listed = getattr(sys, "stdlib_module_names", None)
    if listed is not None:
        return set(listed)
    files = os.listdir(os.path.dirname(os.__file__))
    return {file.split(".")[0] for file in files if file != "site-packages"} | set(sys.builtin_module_names)


_STANDARD = _standard()
