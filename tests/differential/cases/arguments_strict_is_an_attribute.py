#! may be unresolved: parameter `net` of `__call__`
#! make
import torch
from torch import nn
torch.save({"weight": torch.zeros(3, 4)}, "a.pth")
#! script main.py
import torch
from torch import nn


class Loader:
    strict = True

    def __init__(self, **kw):
        self.kw = kw

    def __call__(self, net, path):
        return net.load_state_dict(torch.load(path), strict=self.strict, **self.kw)


Loader(assign=True)(nn.Linear(4, 3), "a.pth")
