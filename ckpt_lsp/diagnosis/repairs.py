"""What is done about an alignment: its title, and the code that does it.

Each repair has its forms in the order of preference; one is offered only where torch says to it exactly what it
says to `reference`, which renames keys and `_metadata` strictly one by one and is never shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..source.edits.rewrite import quoted
from . import harmless
from .align import Alignment
from .keys import escape, group
from .renamings import Add, Ends, Pairs, Renaming, Replace, Rewrap, Strip, Swap, Unwrap, Wrap


@dataclass(frozen=True)
class Form:
    """One way to write a repair: statements, or an expression where none can stand.

    The expression reads `state_dict` once, since what stands there may be a call of torch.load.
    """

    statements: str = ""
    expression: str = "state_dict"


@dataclass(frozen=True)
class Repair:
    """Something to do about the keys."""

    title: str
    forms: tuple[Form, ...]
    reference: str
    """Statements."""
    receiver: str = ""
    left_out: tuple[str, ...] = ()
    """Keys of the state dict that it leaves out though something may have been learnt in them."""


def for_alignment(alignment: Alignment, model: str) -> list[Repair]:
    """Loading into the sub-module of `model` comes first where the prefix is one."""
    renaming, reference = alignment.renaming, _reference(alignment.pairs)
    repairs = [Repair(_title(renaming), _forms(renaming), reference)]
    if isinstance(renaming, Add) and (path := _attributes(renaming.prefix)) is not None:
        return [Repair(f"Load into `{model}{path}`", (Form(),), reference, path), *repairs]
    return repairs


def take_only(alignment: Alignment, unexpected: Iterable[str]) -> Repair | None:
    """Stripping a prefix and leaving out what does not have it, in one; None for any other renaming."""
    renaming, listed = alignment.renaming, list(unexpected)
    if not isinstance(renaming, Strip) or any(key.startswith(renaming.prefix) for key in listed):
        return None
    prefix = quoted(renaming.prefix)
    taken = f"{{key.removeprefix({prefix}): value for key, value in state_dict.items() if key.startswith({prefix})}}"
    return Repair(
        f"Take only the keys that start with `{escape(renaming.prefix)}`, and strip it",
        (Form(expression=taken),),
        _reference(alignment.pairs) + f"for key in {_tuple(listed)}:\n    state_dict.pop(key, None)\n",
        left_out=tuple(listed),
    )


def leave_out(keys: Iterable[str], own: Iterable[str]) -> Repair:
    """Deletes in place, which keeps `_metadata`, the keys that are not the model's `own`."""
    listed = list(keys)
    literal = _tuple(listed)
    return Repair(
        f"Leave out {_counted(listed, 'unexpected key')}",
        (*_few(literal, listed), *_heads(_heads_of(listed, own)), _ALL),
        f"for key in {literal}:\n    state_dict.pop(key, None)\n",
        left_out=_learnt(listed),
    )


def _learnt(keys: list[str]) -> tuple[str, ...]:
    known = {key for found in harmless.sort_out(keys, keys).values() for key in found}
    return tuple(key for key in keys if key not in known)


_FEW = 4
"""Keys or prefixes that are named in code one by one; more are told by what the model has."""

_ALL = Form("for key in state_dict.keys() - model.state_dict().keys():\n    del state_dict[key]\n")


def _few(literal: str, keys: list[str]) -> tuple[Form, ...]:
    if len(keys) > _FEW:
        return ()
    kept = f"{{key: value for key, value in state_dict.items() if key not in {literal}}}"
    return Form(f"for key in {literal}:\n    state_dict.pop(key, None)\n"), Form(expression=kept)


def _heads(prefixes: list[str]) -> tuple[Form, ...]:
    if not 0 < len(prefixes) <= _FEW:
        return ()
    heads = quoted(prefixes[0]) if len(prefixes) == 1 else _tuple(prefixes)
    goes = f"key.startswith({heads})"
    kept = f"{{key: value for key, value in state_dict.items() if not {goes}}}"
    return (
        Form(f"for key in [key for key in state_dict if {goes}]:\n    del state_dict[key]\n"),
        Form(expression=kept),
    )


def _heads_of(keys: Iterable[str], own: Iterable[str]) -> list[str]:
    """The shortest prefixes that all `keys` have and no key of the model; none if a key has no such prefix."""
    used = {key[: at + 1] for key in own for at, character in enumerate(key) if character == "."}
    found: dict[str, None] = {}
    for key in keys:
        prefixes = (key[: at + 1] for at, character in enumerate(key) if character == ".")
        head = next((prefix for prefix in prefixes if prefix not in used), None)
        if head is None:
            return []
        found[head] = None
    return list(found)


def _tuple(names: list[str]) -> str:
    return "(" + ", ".join(map(quoted, names)) + (",)" if len(names) == 1 else ")")


def _counted(keys: list[str], noun: str) -> str:
    terms = group(keys)
    shown = f" `{terms[0]}`" if len(terms[0]) <= _LONGEST_TERM else ""
    shown += ", …" if shown and len(terms) > 1 else ""
    return f"the {noun}{shown}" if len(keys) == 1 else f"the {len(keys)} {noun}s{shown}"


_LONGEST_TERM = 60
"""Characters; a longer one is in the message, and a title has to stay readable in a menu."""


def _title(renaming: Renaming) -> str:
    if isinstance(renaming, Strip):
        return f"Strip `{escape(renaming.prefix)}` from the keys"
    if isinstance(renaming, Add):
        return f"Add `{escape(renaming.prefix)}` to the keys"
    if isinstance(renaming, Swap):
        return f"Rename `.{escape(renaming.old)}.` to `.{escape(renaming.new)}.` in the keys"
    if isinstance(renaming, Replace):
        return f"Rename `{escape(renaming.old)}` to `{escape(renaming.new)}` in the keys"
    if isinstance(renaming, Ends):
        return _title_of_ends(renaming)
    assert isinstance(renaming, (Unwrap, Wrap, Rewrap))
    names = " and ".join(f"`{wrapper}.`" for wrapper in renaming.wrappers)
    if isinstance(renaming, Unwrap):
        return f"Remove {names} from the keys"
    if isinstance(renaming, Rewrap):
        return f"Move {names} in the keys to where the model has it"
    return f"Put {names} into the keys where the model has it"


def _title_of_ends(renaming: Ends) -> str:
    if renaming.given:
        return f"Give the tensors the names of `{renaming.wanted}`"
    return "Rename " + " and ".join(f"`{old[1:]}` to `{new[1:]}`" for old, new in renaming.table) + " in the keys"


def _forms(renaming: Renaming) -> tuple[Form, ...]:
    if isinstance(renaming, Strip):
        return _strip(quoted(renaming.prefix))
    if isinstance(renaming, Add):
        return _add(quoted(renaming.prefix))
    if isinstance(renaming, Replace):
        return _replace(quoted(renaming.old), quoted(renaming.new))
    if isinstance(renaming, Swap):
        old, new = quoted(f".{renaming.old}."), quoted(f".{renaming.new}.")
        return _each(f"key.replace({old}, {new})")
    if isinstance(renaming, Ends):
        return _ends(renaming)
    assert isinstance(renaming, (Unwrap, Wrap, Rewrap))
    removed = "key" + "".join(f'.replace({quoted(wrapper + ".")}, "")' for wrapper in renaming.wrappers)
    if isinstance(renaming, Rewrap):
        return (_rewrap(removed),)
    return _unwrap(removed) if isinstance(renaming, Unwrap) else _wrap(removed)


def _strip(prefix: str) -> tuple[Form, ...]:
    consume = "torch.nn.modules.utils.consume_prefix_in_state_dict_if_present"
    return (
        Form(f"{consume}(state_dict, {prefix})\n"),
        *_each(f"key.removeprefix({prefix})"),
    )


def _each(new: str) -> tuple[Form, ...]:
    """Every key becomes `new`; the second form does the same to the modules that `_metadata` speaks of."""
    return (
        Form(f"for key in list(state_dict):\n    state_dict[{new}] = state_dict.pop(key)\n"),
        Form(
            "for entries in (state_dict, state_dict._metadata):\n"
            "    for key in list(entries):\n"
            f"        entries[{new}] = entries.pop(key)\n"
        ),
        Form(expression=f"{{{new}: value for key, value in state_dict.items()}}"),
    )


def _add(prefix: str) -> tuple[Form, ...]:
    return (
        Form(
            "for key in model.state_dict():\n"
            f"    if key.startswith({prefix}) and key.removeprefix({prefix}) in state_dict:\n"
            f"        state_dict[key] = state_dict.pop(key.removeprefix({prefix}))\n"
        ),
        *_each(f"{prefix} + key"),
    )


def _ends(renaming: Ends) -> tuple[Form, ...]:
    replaced = "key" + "".join(f".replace({quoted(old)}, {quoted(new)})" for old, new in renaming.table)
    return (
        Form(
            _for_each(renaming.table)
            + "    for key in [key for key in state_dict if key.endswith(old)]:\n"
            + "        state_dict[key.removesuffix(old) + new] = state_dict.pop(key)\n"
        ),
        Form(expression=f"{{{replaced}: value for key, value in state_dict.items()}}"),
    )


def renamed_by_table(renamings: Iterable[Replace]) -> Form:
    """Several prefixes replaced, each by the one that the table has for it."""
    return Form(
        _for_each([(renaming.old, renaming.new) for renaming in renamings])
        + "    for key in [key for key in state_dict if key.startswith(old)]:\n"
        + "        state_dict[new + key.removeprefix(old)] = state_dict.pop(key)\n"
    )


_LONGEST_TABLE = 70
"""Characters; a longer one has a row on each line."""


def _for_each(rows: Sequence[tuple[str, str]]) -> str:
    """The head of a loop over a table of renamings."""
    written = [f"{quoted(old)}: {quoted(new)}" for old, new in rows]
    table = "{" + ", ".join(written) + "}"
    if len(table) <= _LONGEST_TABLE:
        return f"for old, new in {table}.items():\n"
    return "renamed = {\n" + "".join(f"    {row},\n" for row in written) + "}\nfor old, new in renamed.items():\n"


def _replace(old: str, new: str) -> tuple[Form, ...]:
    return (
        Form(
            f"for key in [key for key in state_dict if key.startswith({old})]:\n"
            f"    state_dict[{new} + key.removeprefix({old})] = state_dict.pop(key)\n"
        ),
        *_each(f"{new} + key.removeprefix({old}) if key.startswith({old}) else key"),
    )


def _unwrap(removed: str) -> tuple[Form, ...]:
    return _each(removed)


def _wrap(removed: str) -> tuple[Form, ...]:
    return (
        Form(
            "for key in model.state_dict():\n"
            f"    if {removed} in state_dict:\n"
            f"        state_dict[key] = state_dict.pop({removed})\n"
        ),
    )


def _rewrap(removed: str) -> Form:
    return Form(
        f"renamed = {{{removed}: key for key in state_dict}}\n"
        "for key in model.state_dict():\n"
        f"    if {removed} in renamed:\n"
        f"        state_dict[key] = state_dict.pop(renamed[{removed}])\n"
    )


def _attributes(prefix: str) -> str | None:
    """`.backbone[0]` for `backbone.0.`; None where a segment is no name."""
    path = ""
    for segment in prefix.rstrip(".").split("."):
        if segment.isascii() and segment.isdigit():
            path += f"[{segment}]"
        elif segment.isidentifier() and segment.isascii():
            path += f".{segment}"
        else:
            return None
    return path


# -- the strict way ----------------------------------------------------------------------------------------------


def _reference(pairs: Pairs) -> str:
    modules: dict[str, str] = {}
    for old, new in pairs.items():
        for before, after in _modules(old, new):
            modules.setdefault(before, after)
    return (
        f"_keys, _modules = {_literal(pairs)}, {_literal(modules)}\n"
        "_given, _metadata = dict(state_dict), getattr(state_dict, '_metadata', None)\n"
        "if len({_keys.get(key, key) for key in _given}) < len(_given):\n"
        "    raise KeyError('two keys would become one')\n"
        "state_dict.clear()\n"
        "state_dict.update({_keys.get(key, key): value for key, value in _given.items()})\n"
        "if _metadata is not None:\n"
        "    state_dict._metadata = {key: _metadata[key] for key in _metadata if key not in _modules}\n"
        "    state_dict._metadata.update({_modules[key]: _metadata[key] for key in _metadata if key in _modules})\n"
    )


def _modules(old: str, new: str) -> Iterable[tuple[str, str]]:
    """The modules on the way to a tensor, under their old and new names, as far as they end alike."""
    one, other = old.split("."), new.split(".")
    while one and other and one[-1] == other[-1]:
        one.pop()
        other.pop()
        yield ".".join(one), ".".join(other)


def _literal(names: dict[str, str]) -> str:
    return "{" + ", ".join(f"{quoted(old)}: {quoted(new)}" for old, new in names.items()) + "}"
