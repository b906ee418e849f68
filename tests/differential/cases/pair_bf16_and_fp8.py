#! make
import torch
torch.save({"weight": torch.zeros(3, 4).to(torch.float8_e4m3fn), "bias": torch.zeros(3, dtype=torch.bfloat16)}, "f8.pth")
#! script main.py
import torch
from torch import nn

net = nn.Linear(4, 3)
net.load_state_dict(torch.load("f8.pth"))
