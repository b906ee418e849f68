#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! script main.py
import torch
from torch import nn


def resume(model, path):
    model.load_state_dict(torch.load(path))


model = nn.Linear(4, 3)
print(model)
