#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 2).state_dict(), "a.pth")
#! file model.py
from torch import nn


class Net(nn.Linear):
    pass
#! script main.py
import torch

import model as m

model = m.Net(4, 3)
model.load_state_dict(torch.load("a.pth"))
