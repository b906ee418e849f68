"""Writes what a fix changes of a load call into the user's text: their names, quotes, indentation and comments."""

from .call import LoadCall
from .rewrite import Rewrite

__all__ = ["LoadCall", "Rewrite"]
