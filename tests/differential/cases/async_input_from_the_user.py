#! judge-only file readline_stub.py
#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! script main.py
import torch
from torch import nn

net = nn.Linear(4, 2)
net.load_state_dict(torch.load("a.pth"))
try:
    while True:
        line = input("> ")
except EOFError:
    pass
