#! make
import torch
from torch import nn
torch.save({"0.weight": torch.zeros(3, 4), "0.bias": torch.zeros(3), "fc.weight": torch.zeros(9, 3)}, "a.pth")
#! script main.py
import torch
from torch import nn

net = nn.Sequential(nn.Linear(4, 3), nn.PReLU())
net.load_state_dict(dict(filter(lambda kv: "fc" not in kv[0], torch.load("a.pth").items())))
