"""The editor's settings, section `ckptLsp`, by whichever way the client hands them over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

SECTION = "ckptLsp"

Editor = Mapping[str, Any]
"""Setting names as the editor spells them (`checkpointRoots`) and their values, unchecked."""


def section(value: object) -> Editor:
    """The settings in `value`, which may hold them directly or under `ckptLsp`; null means unset."""
    if not isinstance(value, Mapping):
        return {}
    inner = value.get(SECTION, value)
    return {name: v for name, v in inner.items() if v is not None} if isinstance(inner, Mapping) else {}


async def pulled(server: LanguageServer) -> Editor | None:
    """What the client answers when asked, or None where it cannot be asked."""
    workspace = server.client_capabilities.workspace
    if not (workspace and workspace.configuration):
        return None
    item = lsp.ConfigurationItem(section=SECTION)
    answer = await server.workspace_configuration_async(lsp.ConfigurationParams(items=[item]))
    return section(answer[0] if answer else None)


def registrations(capabilities: lsp.ClientCapabilities, watched: str) -> list[lsp.Registration]:
    """What to ask the client for, as far as it lets itself be asked: news of settings and of files."""
    workspace = capabilities.workspace
    wanted = []
    settings = workspace.did_change_configuration if workspace else None
    if settings and settings.dynamic_registration:
        options = lsp.DidChangeConfigurationRegistrationOptions(section=SECTION)
        wanted.append(lsp.Registration("settings", lsp.WORKSPACE_DID_CHANGE_CONFIGURATION, options))
    files = workspace.did_change_watched_files if workspace else None
    if files and files.dynamic_registration:
        watchers = [lsp.FileSystemWatcher(glob_pattern=watched)]
        watching = lsp.DidChangeWatchedFilesRegistrationOptions(watchers=watchers)
        wanted.append(lsp.Registration("files", lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, watching))
    return wanted
