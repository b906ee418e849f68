#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3), "whole.pt")
#! script main.py
import pickle

import torch
from torch import nn

net = nn.Linear(4, 2)
try:
    state = torch.load("whole.pt")
except pickle.UnpicklingError:
    state = torch.load("whole.pt", weights_only=False).state_dict()
net.load_state_dict(state)
#! may be unresolved: module|whole|pickled
