#! make
import torch
from torch import nn
torch.save({"net": nn.Linear(4, 3).state_dict()}, "a.pth")
#! script main.py
import torch
from torch import nn

net = nn.Linear(4, 3)
obj = torch.load("a.pth")
if isinstance(obj, dict) and "net" in obj:
    obj = obj["net"]
elif isinstance(obj, nn.Module):
    obj = obj.state_dict()
net.load_state_dict(obj)
