#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! judge-only file zoo.py
from torch import nn

MAKERS = {"net": lambda: nn.Linear(4, 3)}


def build(name):
    return MAKERS[name]()
#! file local_zoo.py
from torch import nn

MAKERS = {"net": lambda: nn.Linear(4, 3)}


def build(name):
    return MAKERS[name]()
#! script main.py
import torch
import local_zoo
from torch import nn

local_zoo.MAKERS["net"] = lambda: nn.Linear(5, 3)
net = local_zoo.build("net")
net.load_state_dict(torch.load("a.pth"))
