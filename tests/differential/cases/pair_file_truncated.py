#! make
import torch
torch.save({"weight": torch.zeros(300, 40), "bias": torch.zeros(300)}, "cut.pth")
data = open("cut.pth", "rb").read()
open("cut.pth", "wb").write(data[: len(data) // 2])
#! script main.py
import torch
from torch import nn

m = nn.Linear(40, 300)
m.load_state_dict(torch.load("cut.pth"))
#! may be unresolved: truncated|damaged|cut|central directory|end of
