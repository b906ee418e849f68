"""The pieces that random programs are made of: statements as users write them, on the names `model`, `ckpt`, `sd`.

`<p>` stands for a key prefix and `<length>` for its length, `<w>` and `<n>` for the model's width and number of
classes, `<key>` for the state dict's key in the checkpoint, `<path>` for the expression of the checkpoint's path.
"""

from __future__ import annotations


def _split(text: str) -> tuple[str, ...]:
    """The pieces of a text, between lines `%`.  A line `#` in one parts what stands at the top of the program."""
    return tuple(piece.strip("\n") for piece in text.split("\n%\n"))


HEADER = """\
import copy
import glob
import os
import types
from collections import OrderedDict
from functools import partial
from pathlib import Path

import torch
from torch import nn
from torch.nn.modules.utils import consume_prefix_in_state_dict_if_present
"""

BODIES = _split(
    """
self.body = nn.Sequential(nn.Linear(4, width), nn.ReLU(), nn.Linear(width, width))
%
self.body = nn.Sequential(nn.Conv2d(3, width, 3, bias=False), nn.BatchNorm2d(width))
%
self.body = nn.ModuleList([nn.Linear(width, width) for _ in range(3)])
%
layers = []
for i in range(2):
    layers.append(nn.Linear(width, width))
    layers.append(nn.LayerNorm(width))
self.body = nn.Sequential(*layers)
%
self.body = nn.Module()
for i in range(2):
    setattr(self.body, f"conv{i}", nn.Conv1d(width, width, 1))
%
self.body = nn.Linear(width, width)
self.twin = nn.Linear(width, width)
self.twin.weight = self.body.weight
"""
)

NET = """\
class Net(nn.Module):
    def __init__(self, width=8, classes=3):
        super().__init__()
<body>
        self.fc = nn.Linear(width, classes)
"""

BUILD = _split(
    r"""
#
model = Net(<w>, <n>)
%
#
model = Net(classes=<n>, width=<w>)
%
WIDTH, CLASSES = <w>, <n>
#
model = Net(WIDTH, CLASSES)
%
CFG = {"width": <w>, "classes": <n>}
#
model = Net(**CFG)
%
make = partial(Net, <w>)
#
model = make(classes=<n>)
%
def make(classes, width=<w>):
    return Net(width, classes)
#
model = make(<n>)
%
MODELS = {}


def register(f):
    MODELS[f.__name__] = f
    return f


@register
def tiny(**kw):
    return Net(**{"width": <w>, **kw})
#
model = MODELS["tiny"](classes=<n>)
%
class Config:
    width = <w>
    classes = <n>
#
model = Net(Config.width, Config.classes)
%
config = types.SimpleNamespace(width=<w>)
config.classes = <n>
#
model = Net(config.width, classes=config.classes)
%
import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--classes", type=int, default=<n>)
parser.add_argument("--width", type=int, default=<w>)
args = parser.parse_args()
#
model = Net(args.width, args.classes)
%
#
model = Net(**ckpt["config"])
"""
)

MODEL = _split(
    r"""
model.eval()
%
model = model.eval()
%
model.to(torch.device('cpu'))
%
model.fc = nn.Linear(model.fc.in_features, <n>)
%
model.fc = nn.Linear(model.fc.in_features, 5)
%
del model.fc
%
net = model
net.fc = nn.Identity()
%
for p in model.parameters():
    p.requires_grad = False
%
model.extra = nn.Linear(2, 2)
%
setattr(model, "aux" + str(1), nn.PReLU())
%
model.register_buffer("scale", torch.ones(1))
%
for name, child in list(model.named_children()):
    if isinstance(child, nn.Linear):
        setattr(model, name, nn.Linear(child.in_features, child.out_features, bias=False))
%
layers = list(model.children())
layers[-1].bias = None
%
body, head = model.body, model.fc
head.register_parameter("gain", nn.Parameter(torch.ones(1)))
%
def reset(m):
    if isinstance(m, nn.Linear):
        nn.init.zeros_(m.weight)


model.apply(reset)
%
def strip_bias(m):
    if isinstance(m, nn.Linear):
        m.bias = None


model.apply(strip_bias)
%
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
%
print(sum(p.numel() for p in model.parameters()))
%
nn.utils.parametrizations.weight_norm(model.fc)
%
models = [model]
models[0].fc.bias = None
%
vars(model)['_modules'].pop('fc')
%
model.__dict__["_modules"]["late"] = nn.Linear(1, 1)
"""
)

WRAP = _split(
    r"""

%

%

%
model = nn.DataParallel(model)
%
if torch.cuda.is_available():
    model = nn.DataParallel(model)
%
if torch.cuda.device_count() > 1:
    model = nn.DataParallel(model)
%
model = nn.Sequential(model)
%
parallel = nn.DataParallel(model)
%
model = copy.deepcopy(model)
%
model = torch.compile(model)
%
multi_gpu = False
if not multi_gpu:
    pass
else:
    model = nn.DataParallel(model)
"""
)

PATHS = _split(
    r"""
#
"weights/net.pth"
%
PATH = "weights/net.pth"
#
PATH
%
#
os.path.join("weights", "net.pth")
%
#
Path(__file__).parent / "weights" / "net.pth"
%
NAME = "net"
#
f"weights/{NAME}.pth"
%
#
"%s/%s.pth" % ("weights", "net")
%
#
"weights/{}.pth".format("net")
%
#
max(glob.glob("weights/*.pth"), key=os.path.getmtime)
%
#
sorted(Path("weights").glob("n*.pth"))[-1]
%
#
os.path.join(os.path.dirname(os.path.abspath(__file__)), "weights/net.pth")
%
#
os.environ.get("NO_SUCH_VARIABLE", "weights/net.pth")
%
#
[p for p in ("weights/none.pth", "weights/net.pth") if os.path.exists(p)][0]
"""
)

READ = _split(
    r"""
ckpt = torch.load(<path>)
%
ckpt = torch.load(<path>, map_location="cpu")
%
ckpt = torch.load(<path>, map_location=lambda storage, loc: storage, weights_only=True)
%
with open(<path>, "rb") as f:
    ckpt = torch.load(f)
%
def read(where):
    return torch.load(where)


ckpt = read(<path>)
%
try:
    ckpt = torch.load('weights/none.pth')
except FileNotFoundError:
    ckpt = torch.load(<path>)
"""
)

TAKE_PLAIN = _split(
    r"""
sd = ckpt
%
sd = ckpt.get("state_dict", ckpt)
%
sd = ckpt["model"] if "model" in ckpt else ckpt
"""
)

TAKE = _split(
    r"""
sd = ckpt["<key>"]
%
sd = ckpt["<key>"]
%
sd = ckpt.get("<key>", ckpt)
%
sd = ckpt["<key>"] if "<key>" in ckpt else ckpt
%
for name in ("params_ema", "state_dict", "model", "net"):
    if name in ckpt:
        sd = ckpt[name]
        break
%
epoch, sd = ckpt["epoch"], ckpt["<key>"]
%
sd = ckpt
while "<key>" in sd:
    sd = sd["<key>"]
%
sd = ckpt.pop("<key>")
%
*_, sd = ckpt.values()
%
sd = ckpt["weights"]
%
sd = ckpt
"""
)

CHANGE = _split(
    r"""
sd = {k.replace("<p>", ""): v for k, v in sd.items()}
%
new = OrderedDict()
for k, v in sd.items():
    new[k[<length>:]] = v
sd = new
%
if next(iter(sd)).startswith("<p>"):
    sd = {k[<length>:]: v for k, v in sd.items()}
%
for k in list(sd.keys()):
    if k.startswith("<p>"):
        sd[k[<length>:]] = sd.pop(k)
%
sd = {k.removeprefix("<p>"): v for k, v in sd.items()}
%
def strip(d, prefix):
    return {k[len(prefix):] if k.startswith(prefix) else k: d[k] for k in d}


sd = strip(sd, "<p>")
%
def strip_in_place(d, prefix):
    for k in list(d):
        if not k.startswith(prefix):
            continue
        d[k[len(prefix):]] = d.pop(k)


strip_in_place(sd, "<p>")
%
consume_prefix_in_state_dict_if_present(sd, "<p>")
%
sd = {k: v for k, v in sd.items() if k in model.state_dict()}
%
sd = {k: v for k, v in sd.items() if k in model.state_dict() and v.shape == model.state_dict()[k].shape}
%
own = model.state_dict()
own.update(sd)
sd = own
%
own = model.state_dict()
own.update({k: v for k, v in sd.items() if k in own and own[k].shape == v.shape})
sd = own
%
for k in ["fc.weight", "fc.bias"]:
    sd.pop(k, None)
%
del sd["fc.bias"]
%
alias = sd
alias.pop("fc.bias", None)
%
drop = sd.pop
drop("fc.bias", None)
%
_ = [sd.pop(k) for k in list(sd) if k.startswith("fc.")]
%
sd["scale"] = torch.ones(1)
%
sd.update({"fc.bias": torch.zeros(<n>)})
%
sd.setdefault("fc.bias", torch.zeros(<n>))
%
sd = OrderedDict(sorted(sd.items()))
%
sd = copy.deepcopy(sd)
%
sd = dict(sd)
%
for k, v in list(sd.items()):
    if v.ndim == 0:
        continue
    if k.startswith("fc."):
        break
    del sd[k]
%
clean = lambda d: {k.split("<p>")[-1]: v for k, v in d.items()}
sd = clean(sd)
%
def forget(key):
    sd.pop(key, None)


forget("fc.bias")
%
try:
    del sd["none"]
except KeyError:
    sd.pop("fc.bias", None)
%
if (gone := sd.pop("fc.bias", None)) is not None:
    print(type(gone))
%
list(map(lambda k: sd.pop(k, None), ["fc.bias"]))
%
with torch.no_grad():
    sd.pop("fc.bias", None)
%
box = [sd]
box[0].pop("fc.weight", None)
%
holder = types.SimpleNamespace(weights=sd)
holder.weights.pop("fc.bias", None)
%
for d in (sd,):
    d.pop("fc.bias", None)
%
print("no bias: {}".format(sd.pop("fc.bias", None) is None))
%
"fc.bias" in sd and sd.pop("fc.bias")
%
gone = (sd.pop(k, None) for k in ["fc.bias"])
print(len(list(gone)))
%
partial(sd.pop, "fc.bias", None)()
%
match sd:
    case {"fc.bias": _}:
        del sd["fc.bias"]
    case _:
        sd["nothing"] = torch.ones(1)
%
getattr(sd, "pop")("fc.bias", None)
%
OrderedDict.pop(sd, "fc.bias", None)
%
sd |= {"late": torch.ones(1)}
%
def without(d, *keys):
    d = dict(d)
    for key in keys:
        d.pop(key, None)
    return d


sd = without(sd, "fc.bias")
%
def without(d, key):
    d = dict(d)
    d.pop(key, None)
    return d


without(sd, "fc.bias")
"""
)

NOISE_ANYWHERE = _split(
    r"""
print("loading")
%
torch.manual_seed(0)
%
log = []
for i in range(3):
    log.append(i)
log.pop()
%
history = {"loss": []}
history["loss"].append(0.5)
history.pop("loss")
%
x = torch.zeros(2, 4)
x = x.view(4, 2)
%
best = 0
while best < 3:
    best += 1
    if best == 2:
        continue
%
other = nn.Linear(2, 2)
other.bias = None
%
try:
    import apex
except ImportError:
    apex = None
%
try:
    open("nothing.txt")
except OSError:
    pass
%
device = "cuda" if torch.cuda.is_available() else "cpu"
%
def unused(a):
    a.clear()
    return a
%
class Meter:
    def __init__(self):
        self.sum = 0

    def update(self, v):
        self.sum += v


meter = Meter()
meter.update(3)
"""
)

NOISE_ON_STATE = _split(
    r"""
spare = dict(sd)
spare.clear()
%
names = list(sd)
names.pop()
%
sizes = {k: str(v) for k, v in sd.items()}
sizes.pop("fc.bias", None)
%
assert isinstance(sd, dict)
%
if len(sd) > 1000:
    sd = {}
%
for k, v in sd.items():
    print(k, type(v))
%
if False:
    sd.clear()
%
print("fc" in ckpt, len(ckpt))
"""
)

LOAD = _split(
    r"""
model.load_state_dict(sd)
%
model.load_state_dict(sd)
%
model.load_state_dict(sd, strict=False)
%
print(model.load_state_dict(sd, strict=len(sd) > 2))
%
missing, unexpected = model.load_state_dict(sd, strict=False)
%
try:
    model.load_state_dict(sd)
except RuntimeError as error:
    print(error)
%
for m in [model]:
    m.load_state_dict(sd)
%
getattr(model, "module", model).load_state_dict(sd)
%
model.load_state_dict(sd, assign=True)
%
if isinstance(model, nn.DataParallel):
    model.module.load_state_dict(sd)
else:
    model.load_state_dict(sd)
%
model.load_state_dict(state_dict={k: v for k, v in sd.items()})
"""
)

DAMAGES = _split(
    r"""

%

%

%
del state["fc.bias"]
%
state["fc.weight"] = torch.zeros(7, <w>)
%
state["fc.bias"] = torch.zeros(7)
%
state["old.weight"] = torch.zeros(1)
%
state = dict(state)
%
state = OrderedDict((k, v) for k, v in state.items() if "body" not in k)
%
state = OrderedDict((k, v) for k, v in state.items() if not k.endswith("num_batches_tracked"))
%
for k in [k for k in state if k.endswith("num_batches_tracked")]:
    del state[k]
%
state["fc.gain"] = torch.ones(1)
"""
)

PREFIXES = ("", "", "", "module.", "module.", "_orig_mod.", "model.", "0.")

NESTS = (None, None, "state_dict", "model", "net")
