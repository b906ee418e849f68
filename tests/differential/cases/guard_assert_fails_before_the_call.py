#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! script main.py
import torch
from torch import nn

classes = 2
net = nn.Linear(4, classes)
sd = torch.load("a.pth")
assert sd["weight"].shape[0] == classes, "wrong number of classes"
net.load_state_dict(sd)
#! may be unresolved: AssertionError
