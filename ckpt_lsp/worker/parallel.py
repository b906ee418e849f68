"""Processes and process groups in a dry run: one process, rank 0; what would be started elsewhere runs here."""

from __future__ import annotations

import multiprocessing.process
import os
from typing import Any, Callable, List

import torch
import torch.multiprocessing


class _Now:
    """Of the dry run that this process makes."""

    follows = False
    """What is handed to another process may lead to the load site; otherwise it changes nothing here, and is left."""


now = _Now()


def install() -> None:
    """Replaces the starters of processes and the calls of `torch.distributed` that wait for others."""
    _group()
    torch.multiprocessing.spawn = _spawn
    process: Any = multiprocessing.process.BaseProcess
    process.start, process.join = _starting(process.start), _joining(process.join)


def _nothing(*args: Any, **kwargs: Any) -> None:
    return None


def _returns(value: Any) -> Callable[..., Any]:
    return lambda *args, **kwargs: value


def _group() -> None:
    dist = torch.distributed
    if not dist.is_available():
        return
    joined: List[bool] = []
    dist.init_process_group = lambda *args, **kwargs: joined.append(True)
    dist.is_initialized = lambda: bool(joined)
    for name in "barrier broadcast all_reduce destroy_process_group".split():
        setattr(dist, name, _nothing)
    dist.get_rank = _returns(0)
    dist.get_world_size = lambda *args, **kwargs: int(os.environ.get("WORLD_SIZE", "1"))


def _spawn(fn: Any, args: Any = (), nprocs: Any = 1, *more: Any, **kwargs: Any) -> None:
    """`torch.multiprocessing.spawn`: the first of its processes, if there is one."""
    if nprocs and now.follows:
        fn(0, *args)


def _starting(original: Callable[[Any], None]) -> Callable[[Any], None]:
    def start(process: Any) -> None:
        """What the user's own code hands to a process runs at once; a library's pool waits for others."""
        if not _is_of_user(process):
            original(process)
            return
        process._ckpt_run = True
        if now.follows:
            process.run()

    return start


def _joining(original: Callable[..., None]) -> Callable[..., None]:
    def join(process: Any, *args: Any, **kwargs: Any) -> None:
        if not getattr(process, "_ckpt_run", False):
            original(process, *args, **kwargs)

    return join


def _is_of_user(process: Any) -> bool:
    code = getattr(getattr(process, "_target", None) or type(process).run, "__code__", None)
    path = getattr(code, "co_filename", "site-packages")
    return "site-packages" not in path and not path.startswith(os.path.dirname(os.__file__))
