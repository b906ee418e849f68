#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "good.pth")
torch.save(nn.Linear(4, 9).state_dict(), "bad.pth")
#! script main.py
import torch
from torch import nn

for path in ["bad.pth", "good.pth"]:
    if "bad" in path:
        continue
    net = nn.Linear(4, 3)
    net.load_state_dict(torch.load(path))
