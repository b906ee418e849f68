"""A rewrite is written into any text without touching what it is not about."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckpt_lsp.source import sites
from ckpt_lsp.source.edits import LoadCall, Rewrite
from ckpt_lsp.source.edits.rewrite import quoted
from ckpt_lsp.source.tree import parse
from ckpt_lsp.types import LoadSite

from .applying import applied

POP = Rewrite(statements='state_dict.pop("a", None)\n')
PICK = Rewrite(pick=("model",))
KEPT = Rewrite(expression="{key: value for key, value in state_dict.items()}")
CONSUME = Rewrite(statements='torch.nn.modules.utils.consume_prefix_in_state_dict_if_present(state_dict, "a.")\n')


def site_in(text: str) -> LoadSite:
    return sites.find(parse(Path("/x.py"), text))[0].site


def call_in(text: str) -> LoadCall:
    call = LoadCall.find(text, site_in(text))
    assert call is not None
    return call


def written(text: str, rewrite: Rewrite) -> str | None:
    """The text with the rewrite, which compiles; None if the call does not take it."""
    call = call_in(text)
    if not call.takes(rewrite):
        return None
    result = applied(text, call.write(rewrite))
    compile(result, "x.py", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    return result


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("m.load_state_dict(sd)\n", 'sd.pop("a", None)\nm.load_state_dict(sd)\n'),
        ("m.load_state_dict(sd)", 'sd.pop("a", None)\nm.load_state_dict(sd)'),
        ("x = [m.load_state_dict(sd)]\n", 'sd.pop("a", None)\nx = [m.load_state_dict(sd)]\n'),
        ("for k in m.load_state_dict(sd): pass\n", 'sd.pop("a", None)\nfor k in m.load_state_dict(sd): pass\n'),
        ("with m.load_state_dict(sd): pass\n", 'sd.pop("a", None)\nwith m.load_state_dict(sd): pass\n'),
        ("assert m.load_state_dict(sd)\n", 'sd.pop("a", None)\nassert m.load_state_dict(sd)\n'),
        (
            "try: m.load_state_dict(sd)\nfinally: x\n",
            'try:\n    sd.pop("a", None)\n    m.load_state_dict(sd)\nfinally: x\n',
        ),
        (
            "while 1: sd = f(); m.load_state_dict(sd); break\n",
            'while 1:\n    sd = f()\n    sd.pop("a", None)\n    m.load_state_dict(sd); break\n',
        ),
        (
            "if (a and\n        b): m.load_state_dict(sd)\n",
            'if (a and\n        b):\n    sd.pop("a", None)\n    m.load_state_dict(sd)\n',
        ),
        (
            "def f(sd):\r\n  m.load_state_dict(sd)\r\n",
            'def f(sd):\r\n  sd.pop("a", None)\r\n  m.load_state_dict(sd)\r\n',
        ),
        (
            "m.load_state_dict(s['x'])\n",
            "state_dict = s['x']\nstate_dict.pop('a', None)\nm.load_state_dict(state_dict)\n",
        ),
        ("é = 'ж'; m.load_state_dict(sd)\n", "é = 'ж'\nsd.pop('a', None)\nm.load_state_dict(sd)\n"),
    ],
)
def test_statements(before: str, after: str) -> None:
    assert written(before, POP) == after


@pytest.mark.parametrize(
    "text",
    [
        "x = lambda: m.load_state_dict(sd)\n",
        "x = a and m.load_state_dict(sd)\n",
        "x = m.load_state_dict(sd) if a else 0\n",
        "x = [m.load_state_dict(sd) for m in ms]\n",
        "x = f'{m.load_state_dict(sd)}'\n",
        "while m.load_state_dict(sd): pass\n",
        "if a: pass\nelif m.load_state_dict(sd): pass\n",
        "with a as sd, m.load_state_dict(sd): pass\n",
        "f((sd := load()), m.load_state_dict(sd))\n",
        "def f(x=m.load_state_dict(sd)): pass\n",
        "@g(m.load_state_dict(sd))\ndef f(): pass\n",
        "class A(m.load_state_dict(sd)): pass\n",
        "try: pass\nexcept m.load_state_dict(sd): pass\n",
        "m.load_state_dict(sd)\nprint(sd)\n",
        "sd = ck['m']\nm.load_state_dict(sd)\nprint(ck['m'])\n",
        "sd = ck\nm.load_state_dict(sd['m'])\nprint(ck)\n",
        "sd = {}\nm.load_state_dict(sd)\ndef f(): return sd\n",
        "def f():\n    sd = {}\n    m.load_state_dict(sd)\n    def g(): return sd\n",
        "sd = {}\ndef f(): m.load_state_dict(sd)\nf()\nprint(sd)\n",
        "sd = {}\nfor m in ms:\n    m.load_state_dict(sd)\n",
        "def f(m, sd):\n    m.load_state_dict(sd)\nf(a, b)\nf(c, b)\n",
        "def f(): m.load_state_dict(sd)\n",
        "def g(): return sd\ndef f():\n    global sd\n    m.load_state_dict(sd)\n",
    ],
)
def test_no_statements_where_they_would_run_at_another_time_or_be_seen(text: str) -> None:
    assert written(text, POP) is None
    assert written(text, KEPT) is not None


@pytest.mark.parametrize(
    "text",
    [
        "sd = ck['m']\nm.load_state_dict(sd)\nprint(ck['epoch'])\n",
        "m.load_state_dict(ck['m'])\no.load_state_dict(ck['o'])\n",
        "p = 'x'\nm.load_state_dict(torch.load(p))\nprint(p)\n",
        "def f(sd):\n    m.load_state_dict(sd)\n\ndef g(sd):\n    return sd\n\nf(x)\n",
        "for m, p in ms:\n    sd = torch.load(p)\n    m.load_state_dict(sd)\n",
    ],
)
def test_other_uses_do_no_harm(text: str) -> None:
    assert written(text, POP) is not None


@pytest.mark.parametrize(
    ("before", "rewrite", "after"),
    [
        ("m.load_state_dict(a or b)\n", PICK, 'm.load_state_dict((a or b)["model"])\n'),
        ("m.load_state_dict((a or b))\n", PICK, 'm.load_state_dict(((a or b)["model"]))\n'),
        ("m.load_state_dict(await a)\n", PICK, 'm.load_state_dict((await a)["model"])\n'),
        ("m.load_state_dict(\n    a,  # c\n)\n", PICK, 'm.load_state_dict(\n    a["model"],  # c\n)\n'),
        ("(a or b).load_state_dict(s)\n", Rewrite(receiver=".module"), "(a or b).module.load_state_dict(s)\n"),
        ("m \\\n  .load_state_dict(s)\n", Rewrite(receiver=".x[0]"), "m \\\n  .x[0].load_state_dict(s)\n"),
        ("m.load_state_dict(s, strict=x)\n", Rewrite(strict=False), "m.load_state_dict(s, strict=False)\n"),
        ("m.load_state_dict(s, x)\n", Rewrite(strict=False), "m.load_state_dict(s, False)\n"),
        ("m.load_state_dict(s,)\n", Rewrite(strict=False), "m.load_state_dict(s, strict=False,)\n"),
        ("m.load_state_dict(s, **k)\n", Rewrite(strict=False), None),
        (
            "from torch import nn\nm.load_state_dict(s)\n",
            CONSUME,
            "from torch import nn\nimport torch\n"
            'torch.nn.modules.utils.consume_prefix_in_state_dict_if_present(s, "a.")\nm.load_state_dict(s)\n',
        ),
        (
            "m.load_state_dict(s)\n",
            CONSUME,
            "import torch\n"
            'torch.nn.modules.utils.consume_prefix_in_state_dict_if_present(s, "a.")\nm.load_state_dict(s)\n',
        ),
        ("def f(torch): m.load_state_dict(s)\n", CONSUME, None),
        (
            "key = entries = 1\nm.load_state_dict(s)\n",
            Rewrite(statements="for key in list(state_dict):\n    key\n"),
            "key = entries = 1\nfor name in list(s):\n    name\nm.load_state_dict(s)\n",
        ),
        ("f(x).load_state_dict(s)\n", Rewrite(statements="model.state_dict()\n"), None),
    ],
)
def test_parts_of_the_call(before: str, rewrite: Rewrite, after: str | None) -> None:
    assert written(before, rewrite) == after


@pytest.mark.parametrize("text", ["m.load_state_dict(*a)\n", "m.load_state_dict(sd\n"])
def test_not_to_be_edited(text: str) -> None:
    site = site_in("m.load_state_dict(sd)\n")
    assert LoadCall.find(text, site) is None


@given(st.text())
def test_quoted_is_that_text_again(text: str) -> None:
    assert quoted(text).isascii()
    assert ast.literal_eval(quoted(text)) == text


LINES = st.lists(
    st.sampled_from(
        [
            "# ж",
            "x = 'a'",
            "",
            "def f():\n\treturn {'k': 1}",
            '"""doc\n  string"""',
            "class A:\n  pass",
            "y = [\n  1,\n]",
        ]
    ),
    max_size=6,
).map("\n".join)


@settings(deadline=None)
@given(LINES, LINES, st.sampled_from([POP, PICK, KEPT, CONSUME, Rewrite(strict=False)]))
def test_the_rest_of_the_text_stays_as_it_is(above: str, below: str, rewrite: Rewrite) -> None:
    text = f"{above}\nif x:\n    m.load_state_dict(torch.load(p))  # here\n{below}\n"
    result = written(text, rewrite)
    assert result is not None
    head, _, tail = result.partition("if x:\n")
    assert head.replace("import torch\n", "") == above + "\n"
    assert tail.endswith(f"  # here\n{below}\n")
