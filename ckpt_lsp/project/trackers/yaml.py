"""YAML without its objects: the parser's tree, of which only texts, lists of texts and mappings are looked at.

Records hold tags of classes that are not to be made here, and merge keys that blow up; the tree has neither.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from ..flags import Value
from .interface import text

_LOADER: type[yaml.SafeLoader | yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_TAG = "tag:yaml.org,2002:"


def tree(path: Path) -> yaml.Node | None:
    """None where the file is not YAML."""
    try:
        node: yaml.Node | None = yaml.compose(text(path), Loader=_LOADER)
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    return node


def items(node: yaml.Node | None) -> dict[str, yaml.Node]:
    """Of a mapping; keys that are no texts are left out."""
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {key.value: value for key, value in node.value if isinstance(key, yaml.ScalarNode)}


def at(node: yaml.Node | None, *keys: str) -> str | None:
    """The text at the end of a way through mappings."""
    for key in keys:
        node = items(node).get(key)
    return node.value if isinstance(node, yaml.ScalarNode) and node.tag != _TAG + "null" else None


def texts(node: yaml.Node | None) -> tuple[str, ...] | None:
    """Of a list of nothing but scalars, as they are written."""
    if not isinstance(node, yaml.SequenceNode) or not all(isinstance(item, yaml.ScalarNode) for item in node.value):
        return None
    return tuple(item.value for item in node.value)


def values(node: yaml.Node | None) -> dict[str, Value]:
    """The entries of a mapping that a command line can hold, and those of the namespaces directly in it."""
    found: dict[str, Value] = {}
    for value in items(node).values():
        if value.tag == _TAG + "python/object:argparse.Namespace":
            found.update(_own_values(value))
    return {**found, **_own_values(node)}


def _own_values(node: yaml.Node | None) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for key, value in items(node).items():
        if isinstance(value, yaml.SequenceNode):
            found[key] = texts(value)
        elif isinstance(value, yaml.ScalarNode):
            found[key] = _scalar(value)
    return found


def _scalar(node: yaml.ScalarNode) -> Value:
    if node.tag == _TAG + "bool":
        return str(node.value).lower() in ("true", "yes", "on")
    return None if node.tag == _TAG + "null" else str(node.value)
