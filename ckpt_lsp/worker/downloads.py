"""Downloads in a dry run: a file that lies in the cache of torch hub or Hugging Face is used, any other is unknown.

Nothing is fetched.  The real functions find the file, where they can be told to stay offline.
"""

from __future__ import annotations

import functools
import importlib.machinery
import os
import types
from typing import Any, Callable, Dict, Optional
from urllib.parse import urlparse

from .doubles import Opaque, opaque_path, plain, unknown_file


def install() -> None:
    """Replaces the downloaders of torch now, and those of huggingface_hub when it is imported."""
    import torch.hub
    import torch.utils.model_zoo

    torch.hub.load_state_dict_from_url = _from_url
    torch.utils.model_zoo.load_url = _from_url
    torch.hub.load = _of_repository(torch.hub.load)
    torch.hub.list = lambda repo, *args, **kwargs: Opaque("torch.hub.list(%r)" % plain(repo))
    torch.hub.download_url_to_file = lambda *args, **kwargs: None
    _after_import("huggingface_hub.file_download", "hf_hub_download")
    _after_import("huggingface_hub._snapshot_download", "snapshot_download")


# -- torch hub -------------------------------------------------------------------------------------------------


def _from_url(url: Any = "?", model_dir: Any = None, map_location: Any = None, *args: Any, **kwargs: Any) -> Any:
    """`load_state_dict_from_url`: what the cache holds under the URL's own name."""
    import torch

    unknown = unknown_file("the download of %s" % plain(url))
    named = kwargs.get("file_name") or (args[2] if len(args) > 2 else None)
    if _unknown(url, model_dir, named) or not isinstance(url, str):
        return unknown
    folder = model_dir or os.path.join(torch.hub.get_dir(), "checkpoints")
    path = os.path.join(os.fspath(folder), named or os.path.basename(urlparse(url).path))
    if not os.path.isfile(path):
        return unknown
    return torch.load(path, map_location=map_location, weights_only=bool(kwargs.get("weights_only", False)))


def _of_repository(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def load(repo: Any, model: Any = None, *args: Any, **kwargs: Any) -> Any:
        """`torch.hub.load`: a repository on this disk is run, any other is unknown."""
        if kwargs.get("source") == "local" and not _unknown(repo, model):
            return original(repo, model, *args, **kwargs)
        return Opaque("torch.hub.load(%r, %r)" % (plain(repo), plain(model)))

    return load


# -- Hugging Face ----------------------------------------------------------------------------------------------

_waiting: Dict[str, str] = {}
"""Function to replace, by the module that is watched for."""


def _after_import(module: str, function: str) -> None:
    if not _waiting:
        loader: Any = importlib.machinery.SourceFileLoader
        loader.exec_module = _watched(loader.exec_module)
    _waiting[module] = function


def _watched(original: Callable[..., None]) -> Callable[..., None]:
    def exec_module(self: Any, module: types.ModuleType) -> None:
        original(self, module)
        function = _waiting.get(module.__name__)
        if function is not None and hasattr(module, function):
            setattr(module, function, _from_cache(getattr(module, function)))

    return exec_module


def _from_cache(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def download(repo_id: Any, *args: Any, **kwargs: Any) -> Any:
        """The path in the cache, found by the real function kept offline."""
        unknown = Opaque("the download of %s" % _told(repo_id, args, kwargs.get("filename")))
        if _unknown(repo_id, *args, *kwargs.values()):
            return unknown
        try:
            return original(repo_id, *args, **{**kwargs, "local_files_only": True})
        except Exception:
            return unknown

    return download


def _unknown(*values: Any) -> bool:
    return any(opaque_path(value) is not None for value in values)


def _told(repo_id: Any, args: Any, filename: Optional[Any]) -> str:
    name = filename if filename is not None else next(iter(args), None)
    return "%s from %s" % (plain(name), plain(repo_id)) if name is not None else plain(repo_id)
