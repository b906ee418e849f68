"""The code of a rewrite, in the user's names, quotes and indentation."""

from __future__ import annotations

from collections.abc import Mapping

import libcst as cst


def code(source: str, names: Mapping[str, str], quote: str, indent: str) -> str:
    """`source` with each name that stands alone replaced by the expression that `names` has for it."""
    tree = cst.parse_module(source)
    changed = tree.visit(_Own(names, quote))
    return changed.with_changes(default_indent=indent).code


class _Own(cst.CSTTransformer):
    def __init__(self, names: Mapping[str, str], quote: str) -> None:
        self._names = names
        self._quote = quote

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.Attribute:
        return updated_node.with_changes(attr=original_node.attr)

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        own = self._names.get(updated_node.value)
        return updated_node if own is None else cst.parse_expression(own)

    def leave_SimpleString(self, original_node: cst.SimpleString, updated_node: cst.SimpleString) -> cst.SimpleString:
        body = updated_node.raw_value
        if "'" in body or '"' in body:
            return updated_node
        return updated_node.with_changes(value=f"{self._quote}{body}{self._quote}")
