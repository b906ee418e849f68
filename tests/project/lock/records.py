"""Records of all shapes, for properties that hold for each."""

from __future__ import annotations

from hypothesis import strategies as st

from ckpt_lsp.worker.checkpoint.records import Call, DictOf, Global, ListOf, Node, Record, Ref, Tensor, TupleOf, Value

SEGMENTS = st.one_of(
    st.sampled_from(["weight", "bias", "layers", "0", "1", "2", "3", "10", "007", "", "a b", 'q"', "é", "{x}", "(1)"]),
    st.text(max_size=4),
)
NAMES = st.one_of(
    st.lists(SEGMENTS, min_size=1, max_size=4).map(".".join),
    st.sampled_from(["@metadata", "/abs/key", "unrecorded", "= 1", "-", "*1", "\ud800", "<<<<<<< x"]),
)
KEYS = st.one_of(
    NAMES,
    st.integers(-3, 300),
    st.sampled_from([None, 0.5, float("inf"), 1 << 70, b"x"]),
)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=5), st.just("/home/someone")
)
SIZES = st.integers(0, 5)


@st.composite
def tensors(draw: st.DrawFn) -> Tensor:
    shape = tuple(draw(st.lists(SIZES, max_size=3)))
    stride = tuple(draw(st.sampled_from([(), tuple(0 for _ in shape), tuple(range(len(shape)))])))
    return Tensor(
        draw(st.sampled_from(["float32", "int64", "float8_e4m3fn"])),
        shape,
        stride,
        storage_offset=draw(SIZES),
        requires_grad=draw(st.booleans()),
        is_parameter=draw(st.booleans()),
        layout=draw(st.sampled_from(["strided", "strided", "sparse_coo"])),
        subclass=draw(st.sampled_from([None, None, "x.Y", 'odd "name" &1'])),
    )


@st.composite
def records(draw: st.DrawFn) -> Record:
    """Nodes refer to any node, so that they are shared and hold themselves, too."""
    count = draw(st.integers(1, 8))
    values = st.one_of(st.integers(0, count - 1).map(Ref), SCALARS)
    return Record("torch zip", Ref(0), tuple(draw(_node(values)) for _ in range(count)), ("a.b", "odd name", "\ud800"))


def _node(values: st.SearchStrategy[Value]) -> st.SearchStrategy[Node]:
    items = st.lists(values, max_size=4).map(tuple)
    return st.one_of(
        tensors(),
        _dicts(values),
        _dicts(values),
        items.map(ListOf),
        items.map(TupleOf),
        st.just(Global("builtins.list", "builtins")),
        items.map(lambda args: Call(None, args)),
    )


@st.composite
def _dicts(draw: st.DrawFn, values: st.SearchStrategy[Value]) -> DictOf:
    pairs = draw(st.dictionaries(KEYS, values, max_size=8))
    kind = draw(st.sampled_from(["builtins.dict", "collections.OrderedDict", "collections.defaultdict"]))
    attributes = draw(st.sampled_from([(), (("_metadata", Ref(0)),)]))
    return DictOf(
        tuple(pairs), tuple(pairs.values()), kind, draw(values) if kind.endswith("defaultdict") else None, attributes
    )


@st.composite
def state_dicts(draw: st.DrawFn) -> Record:
    """As models have them: repeated modules, `_metadata` with versions."""
    keys = draw(st.lists(NAMES, max_size=30, unique=True))
    modules = draw(st.lists(NAMES, max_size=10, unique=True))
    look = [draw(tensors()), draw(tensors())]
    nodes: list[Node] = [ListOf(()), *(look[draw(st.integers(0, 1))] for _ in keys)]
    nodes += [DictOf(tuple(modules), tuple(Ref(len(nodes) + 1 + at) for at in range(len(modules))))]
    nodes[0] = DictOf(
        tuple(keys),
        tuple(Ref(at + 1) for at in range(len(keys))),
        "collections.OrderedDict",
        attributes=(("_metadata", Ref(len(nodes) - 1)),),
    )
    versions = st.one_of(st.integers(0, 3), st.none(), st.text(max_size=2))
    nodes += [DictOf(("version",), (draw(versions),)) for _ in modules]
    return Record("torch zip", Ref(0), tuple(nodes))
