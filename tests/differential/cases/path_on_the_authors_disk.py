#! script main.py
import torch
from torch import nn

net = nn.Linear(4, 3)
net.load_state_dict(torch.load(r"D:\projects\weights\best.pth"))
