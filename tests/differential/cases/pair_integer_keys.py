#! make
import torch
torch.save({0: torch.zeros(3, 4), "bias": torch.zeros(3)}, "int.pth")
#! script main.py
import torch
from torch import nn

m = nn.Linear(4, 3)
m.load_state_dict(torch.load("int.pth"))
