#! make
pass
#! script main.py
import torch
from torch import nn

checkpoint = torch.load("absent.pth")["state_dict"]
net = nn.Linear(4, 3)
own = net.state_dict()
for key in checkpoint.keys():
    own[key.replace("module.", "")] = checkpoint[key]
net.load_state_dict(own)
