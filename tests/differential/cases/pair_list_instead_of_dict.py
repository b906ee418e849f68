#! make
import torch
torch.save([torch.zeros(3, 4), torch.zeros(3)], "list.pth")
#! script main.py
import torch
from torch import nn

m = nn.Linear(4, 3)
m.load_state_dict(torch.load("list.pth"))
