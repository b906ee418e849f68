#! make
import torch
from torch import nn
torch.save({**nn.Linear(4, 3).state_dict(), "extra": torch.zeros(1)}, "a.pth")
#! script main.py
import torch
from torch import nn

m = nn.Linear(4, 3)
if (sd := torch.load("a.pth")) and (alias := sd).pop("extra", None) is not None:
    print("dropped")
m.load_state_dict(sd)
