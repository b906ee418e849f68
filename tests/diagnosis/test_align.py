"""Renamings are found from keys and shapes alone, in time that grows with the number of keys."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckpt_lsp.diagnosis.align import Shape, alignments
from ckpt_lsp.diagnosis.renamings import Add, Renaming, Replace, Strip, Unwrap, Wrap

KEYS = [f"layers.{i}.{part}.{name}" for i in range(3) for part in ("attn", "mlp") for name in ("weight", "bias")]
OWN: dict[str, Shape] = {key: (number + 1, 4) for number, key in enumerate([*KEYS, "head.weight"])}


def renamed(change: dict[str, str]) -> dict[str, Shape]:
    """The keys with each text of `change` replaced by another."""
    made = {}
    for key, shape in OWN.items():
        for old, new in change.items():
            key = key.replace(old, new)
        made[key] = shape
    return made


@pytest.mark.parametrize(
    ("given_keys", "renaming"),
    [
        ({f"module.{key}": shape for key, shape in OWN.items()}, Strip("module.")),
        ({f"_orig_mod.module.{key}": shape for key, shape in OWN.items()}, Strip("_orig_mod.module.")),
        ({key.removeprefix("layers."): shape for key, shape in OWN.items()}, Add("layers.")),
        (renamed({"layers.": "blocks."}), Replace("layers.", "blocks.")),
        (renamed({"attn.": "attn._orig_mod.", "mlp.": "mlp.module."}), Unwrap(("module", "_orig_mod"))),
    ],
)
def test_finds(given_keys: dict[str, Shape], renaming: Renaming) -> None:
    unexpected = {key: shape for key, shape in given_keys.items() if key not in OWN}
    missing = {key: shape for key, shape in OWN.items() if key not in given_keys}
    best = alignments(missing, unexpected)[0]
    back = Replace("blocks.", "layers.") if isinstance(renaming, Replace) else renaming
    assert best.renaming == back
    assert all(OWN[new] == given_keys[old] for old, new in best.pairs.items() if new in OWN)


def test_wrappers_of_the_model_are_put_into_the_keys() -> None:
    own: dict[str, Shape] = {"encoder.module.0.weight": (2,), "head._orig_mod.weight": (3,)}
    best = alignments(own, {"encoder.0.weight": (2,), "head.weight": (3,)})[0]
    assert best.renaming == Wrap(("module", "_orig_mod"))
    assert set(best.pairs.values()) == set(own)


def test_two_keys_never_become_one() -> None:
    assert alignments({"b": (1,)}, {"module.a": (1,), "module.b": (1,)}, matched=["a"]) == []


def test_siblings_of_one_shape_are_not_guessed() -> None:
    missing: dict[str, Shape] = {"query.weight": (4,), "key.weight": (4,)}
    assert alignments(missing, {"q.weight": (4,), "k.weight": (4,)}) == []


def test_copies_are_told_to_rival() -> None:
    unexpected: dict[str, Shape] = {"student.fc.weight": (4,), "teacher.fc.weight": (4,)}
    found = alignments({"fc.weight": (4,)}, unexpected)
    assert {a.renaming for a in found} == {Strip("student."), Strip("teacher.")}
    assert all(a.rivalled for a in found)


NAMES = st.lists(st.sampled_from(["a", "b", "module", "0", "weight", ""]), min_size=1, max_size=4).map(".".join)
SHAPES = st.none() | st.sampled_from([(), (1,), (2, 3)])


@given(st.dictionaries(NAMES, SHAPES), st.dictionaries(NAMES, SHAPES))
def test_keeps_keys_apart_whatever_they_are(missing: dict[str, Shape], unexpected: dict[str, Shape]) -> None:
    for found in alignments(missing, {key: shape for key, shape in unexpected.items() if key not in missing}):
        assert found.gained > 0
        assert set(found.pairs) <= set(unexpected)
        assert len(set(found.pairs.values())) == len(found.pairs)


def test_ten_thousand_keys_take_half_a_second() -> None:
    own: dict[str, Shape] = {
        f"encoder.layers.{i}.{part}.{name}": (i % 7 + 1, 4)
        for i in range(625)
        for part in ("attn.qkv", "attn.proj", "mlp.fc1", "mlp.fc2", "norm1", "norm2", "gate", "adapter")
        for name in ("weight", "bias")
    }
    assert len(own) == 10_000
    unexpected = {"module." + key.replace("encoder.", "backbone."): shape for key, shape in own.items()}
    taken = []
    for _ in range(3):
        start = time.process_time()
        best = alignments(own, unexpected)[0]
        taken.append(time.process_time() - start)
    assert best.gained == 10_000
    assert best.renaming == Replace("module.backbone.", "encoder.")
    assert min(taken) < 0.5


def test_a_prefix_of_all_keys_stands_against_a_longer_one() -> None:
    unexpected: dict[str, Shape] = {"net.fc.weight": (4,), "net.old.fc.weight": (4,)}
    found = alignments({"fc.weight": (4,)}, unexpected)
    assert [(a.renaming, a.rivalled) for a in found] == [(Strip("net."), False)]
