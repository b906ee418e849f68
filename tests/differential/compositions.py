"""Random programs out of `pieces`: how the model is built and wrapped, how the checkpoint is nested, prefixed and
damaged, what the code does to its keys, what stands between, and how it all is cut into functions and files."""

from __future__ import annotations

import io
import re
import textwrap
import tokenize
from dataclasses import dataclass

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from . import pieces
from .case import Case, Run

WIDTH = 8


@dataclass(frozen=True)
class Recipe:
    """What was drawn; `case` writes it out."""

    body: str
    build: str
    classes: int
    """In the code; the checkpoint's model has 3."""
    located: str
    prefix: str
    nest: str | None
    damage: str
    model_first: bool
    model: tuple[str, ...]
    wrap: str
    read: str
    take: str
    change: tuple[str, ...]
    noise: tuple[str, str, str]
    load: str
    shape: str

    def case(self, name: str) -> Case:
        files = _SHAPES[self.shape](self)
        make = pieces.HEADER + self._net() + self._saving()
        return Case(name, make, None, files, {}, "", (Run("main.py"),))

    @property
    def path(self) -> str:
        return _below(self.located)

    @property
    def from_checkpoint(self) -> bool:
        """Whether the model's sizes come from the checkpoint."""
        return "ckpt[" in self.build

    # -- the checkpoint ----------------------------------------------------------------------------------------

    def _saving(self) -> str:
        config = f'"config": {{"width": {WIDTH}, "classes": 3}}'
        nested = f'{{{config}, "epoch": 3, "{self.nest}": state}}' if self.nest else "state"
        return (
            f"\n\nstate = Net({WIDTH}, 3).state_dict()\n{self._filled(self.damage)}\n"
            f'for k in list(state):\n    state["{self.prefix}" + k] = state.pop(k)\n'
            f'os.makedirs("weights")\ntorch.save({nested}, "weights/net.pth")\n'
        )

    # -- the program -------------------------------------------------------------------------------------------

    def _filled(self, piece: str) -> str:
        prefix = self.prefix or "module."
        key = self.nest or "state_dict"
        values = {"p": prefix, "length": len(prefix), "n": self.classes, "w": WIDTH, "key": key, "path": self.path}
        return re.sub(r"<(\w+)>", lambda match: str(values[match.group(1)]), piece)

    def _net(self) -> str:
        return "\n\n" + pieces.NET.replace("<body>", textwrap.indent(self.body, " " * 8))

    def globals(self) -> str:
        """What stands at the top of the program."""
        return "\n\n" + _joined([self._filled(_top(self.build)), _top(self.located)])

    def definitions(self) -> str:
        return self._net()

    def model_part(self) -> list[str]:
        return [self._filled(_below(self.build)), *map(self._filled, self.model), self.wrap]

    def state_part(self) -> list[str]:
        return [self._filled(self.read), self._filled(self.take)]

    def rest(self) -> list[str]:
        """What needs both."""
        first, second, third = map(self._filled, self.noise)
        middle = len(self.change) // 2
        changes = list(map(self._filled, self.change))
        return [first, *changes[:middle], second, *changes[middle:], third]

    def loading(self) -> str:
        return self._filled(self.load)

    def both(self) -> list[str]:
        if self.model_first and not self.from_checkpoint:
            return [*self.model_part(), *self.state_part()]
        return [*self.state_part(), *self.model_part()]


# -- shapes of programs --------------------------------------------------------------------------------------------


def _top(piece: str) -> str:
    """What a piece puts at the top of the program."""
    return piece.rpartition("#\n")[0]


def _below(piece: str) -> str:
    return piece.rpartition("#\n")[2]


def _joined(statements: list[str]) -> str:
    return "\n".join(filter(None, statements)) + "\n"


def _indented(statements: list[str]) -> str:
    return textwrap.indent(_joined(statements), "    ")


def _flat(r: Recipe) -> dict[str, str]:
    body = _joined([*r.both(), *r.rest(), r.loading()])
    return {"main.py": pieces.HEADER + r.definitions() + r.globals() + body}


def _in_main(r: Recipe) -> dict[str, str]:
    body = _indented([*r.both(), *r.rest(), r.loading()])
    start = '\n\nif __name__ == "__main__":\n    main()\n'
    return {"main.py": pieces.HEADER + r.definitions() + r.globals() + "\n\ndef main():\n" + body + start}


def _in_functions(r: Recipe) -> dict[str, str]:
    """The model from one function, the state dict from another, loaded by a third."""
    needs = "ckpt" if r.from_checkpoint else ""
    text = f"\n\ndef get_model({needs}):\n{_indented([*r.model_part(), 'return model'])}"
    text += f"\n\ndef get_state():\n{_indented([*r.state_part(), 'return ckpt, sd'])}"
    text += f"\n\ndef restore(model, sd, ckpt):\n{_indented([*r.rest(), r.loading(), 'return model'])}"
    text += f"\n\nckpt, sd = get_state()\nmodel = restore(get_model({needs}), sd, ckpt)\n"
    return {"main.py": pieces.HEADER + r.definitions() + r.globals() + text}


def _in_files(r: Recipe) -> dict[str, str]:
    """The network and the loading in modules of their own."""
    loading = (
        f"from net import *\n\n\ndef restore(model, sd, ckpt):\n{_indented([*r.rest(), r.loading(), 'return model'])}"
    )
    main = "from loading import restore\nfrom net import Net\n" + r.globals() + _joined(r.both())
    return {
        "net.py": pieces.HEADER + r.definitions(),
        "loading.py": pieces.HEADER + loading,
        "main.py": pieces.HEADER + main + "\nrestore(model, sd, ckpt)\n",
    }


def _with_globals(r: Recipe) -> dict[str, str]:
    """One function reads and changes the state dict by `global`, another loads it."""
    text = "\n\nmodel = sd = ckpt = None\n\n\ndef prepare():\n    global model, sd, ckpt\n" + _indented(
        [*r.both(), *r.rest()]
    )
    text += "\n\ndef run():\n" + _indented([r.loading()]) + "\n\nprepare()\nrun()\n"
    return {"main.py": pieces.HEADER + r.definitions() + r.globals() + text}


def _in_class(r: Recipe) -> dict[str, str]:
    """An object that holds model and state dict and loads in its constructor."""
    prepare = _indented([_on_self(_joined([*r.both(), *r.rest()]))])
    load = _indented([_on_self(r.loading())])
    text = "class Runner:\n    def __init__(self):\n        self.prepare()\n        self.load()\n"
    text += "\n    def prepare(self):\n" + textwrap.indent(prepare, "    ")
    text += "\n    def load(self):\n" + textwrap.indent(load, "    ")
    return {"main.py": pieces.HEADER + r.definitions() + r.globals() + "\n\n" + text + "\n\nrunner = Runner()\n"}


def _on_self(text: str) -> str:
    """`model`, `sd` and `ckpt` as attributes of self; names of keyword arguments stay."""
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    lines, depth = text.splitlines(keepends=True), 0
    found: list[tuple[int, int]] = []
    for before, token, after in zip([None, *tokens], tokens, [*tokens[1:], None], strict=False):
        depth += {"(": 1, ")": -1}.get(token.string, 0) if token.type == tokenize.OP else 0
        if token.type != tokenize.NAME or token.string not in ("model", "sd", "ckpt"):
            continue
        keyword = depth > 0 and after is not None and after.string == "="
        if not keyword and (before is None or before.string != "."):
            found.append(token.start)
    for line, column in reversed(found):
        lines[line - 1] = lines[line - 1][:column] + "self." + lines[line - 1][column:]
    return "".join(lines)


_SHAPES = {
    "flat": _flat,
    "main": _in_main,
    "functions": _in_functions,
    "files": _in_files,
    "globals": _with_globals,
    "class": _in_class,
}


# -- drawing -------------------------------------------------------------------------------------------------------


@st.composite
def recipes(draw: st.DrawFn) -> Recipe:
    """All choices from one random number: drawn one by one they would come in clusters."""
    chance = draw(st.randoms(use_true_random=True))
    nest = chance.choice(pieces.NESTS)
    noise = ("", "", *pieces.NOISE_ANYWHERE, *pieces.NOISE_ON_STATE)
    return Recipe(
        body=chance.choice(pieces.BODIES),
        build=chance.choice([build for build in pieces.BUILD if nest or "ckpt[" not in build]),
        classes=chance.choice([3, 3, 3, 5]),
        located=chance.choice(pieces.PATHS),
        prefix=chance.choice(pieces.PREFIXES),
        nest=nest,
        damage=chance.choice(pieces.DAMAGES),
        model_first=chance.random() < 0.5,
        model=tuple(chance.choices(pieces.MODEL, k=chance.randrange(3))),
        wrap=chance.choice(pieces.WRAP),
        read=chance.choice(pieces.READ),
        take=chance.choice(pieces.TAKE if nest else pieces.TAKE_PLAIN),
        change=tuple(chance.choices(pieces.CHANGE, k=chance.randrange(4))),
        noise=(chance.choice(noise), chance.choice(noise), chance.choice(noise)),
        load=chance.choice(pieces.LOAD),
        shape=chance.choice(list(_SHAPES)),
    )


def drawn(number: int, *, anew: bool = False) -> list[Recipe]:
    """The same ones each time, unless `anew`."""
    found: list[Recipe] = []

    @settings(
        max_examples=number,
        derandomize=not anew,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(recipes())
    def draw(recipe: Recipe) -> None:
        found.append(recipe)

    draw()
    return found
