#! make
import torch
from torch import nn
torch.save(nn.GRU(4, 3, num_layers=2).state_dict(), "gru.pth", _use_new_zipfile_serialization=False)
#! script main.py
import torch
from torch import nn

net = nn.GRU(4, 3, num_layers=1, bidirectional=True)
net.load_state_dict(torch.load("gru.pth"))
