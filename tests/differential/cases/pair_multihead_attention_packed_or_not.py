#! make
import torch
from torch import nn
torch.save(nn.MultiheadAttention(8, 2, kdim=4, vdim=4).state_dict(), "mha.pth")
#! script main.py
import torch
from torch import nn

m = nn.MultiheadAttention(8, 2)
m.load_state_dict(torch.load("mha.pth"))
