#! may be unresolved: sparse
#! make
import torch
torch.save({"weight": torch.eye(4).to_sparse(), "bias": torch.zeros(4)}, "sparse.pth")
#! script main.py
import torch
from torch import nn

net = nn.Linear(4, 4)
net.load_state_dict(torch.load("sparse.pth"))
