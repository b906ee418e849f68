#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! script main.py
import torch
from torch import nn

net = nn.Linear(4, 3)
ckpt = torch.load("a.pth", map_location="cpu")
net.load_state_dict(ckpt.get("state_dict", ckpt))
