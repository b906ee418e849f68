#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 5).state_dict(), "net-1234.pth")
#! script main.py
import torch
from torch import nn
from torch.hub import load_state_dict_from_url

net = nn.Linear(4, 3)
net.load_state_dict(load_state_dict_from_url("https://example.org/net-1234.pth", model_dir=".", progress=False))
