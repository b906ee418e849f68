#! make
import torch
from torch import nn
torch.save({"G": nn.Linear(4, 3).state_dict(), "D": nn.Linear(3, 1).state_dict()}, "gan.pth")
#! script main.py
import torch
from torch import nn

G, D = nn.Linear(4, 3), nn.Linear(3, 2)
ckpt = torch.load("gan.pth")
for net, key in zip([G, D], ["G", "D"]):
    net.load_state_dict(ckpt[key])
