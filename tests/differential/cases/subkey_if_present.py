#! make
import torch
from torch import nn
torch.save({"model": nn.Linear(4, 3).state_dict(), "epoch": 1}, "a.pth")
#! script main.py
import torch
from torch import nn

net = nn.Linear(4, 2)
ckpt = torch.load("a.pth", map_location="cpu")
net.load_state_dict(ckpt["model"] if "model" in ckpt else ckpt)
