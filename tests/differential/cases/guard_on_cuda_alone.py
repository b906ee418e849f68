#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! script main.py
import torch
from torch import nn

net = nn.Linear(4, 3)
if torch.cuda.is_available():
    net.cuda()
    net.load_state_dict(torch.load("a.pth"))
else:
    net.load_state_dict(torch.load("a.pth", map_location="cpu"))
