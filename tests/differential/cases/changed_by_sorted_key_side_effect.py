#! make
import torch
from torch import nn
torch.save({**nn.Linear(4, 3).state_dict(), "extra": torch.zeros(1)}, "a.pth")
#! script main.py
import torch
from torch import nn

m = nn.Linear(4, 3)
sd = torch.load("a.pth")


def note(k):
    sd.pop("extra", None)
    return k


names = sorted(list(sd), key=note)
m.load_state_dict(sd)
