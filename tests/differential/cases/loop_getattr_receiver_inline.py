#! make
import torch
from torch import nn
torch.save({"netenc": nn.Linear(4, 3).state_dict(), "netdec": nn.Linear(4, 3).state_dict()}, "all.pth")
#! script main.py
import torch
from torch import nn


class Model:
    def __init__(self):
        self.netenc = nn.Linear(4, 3)
        self.netdec = nn.Linear(3, 4)


m = Model()
ckpt = torch.load("all.pth")
for n in ("enc", "dec"):
    getattr(m, "net" + n).load_state_dict(ckpt["net" + n])
