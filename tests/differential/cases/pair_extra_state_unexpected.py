#! make
import torch
torch.save({"weight": torch.zeros(2, 4), "bias": torch.zeros(2), "_extra_state": {"scale": 1.0}}, "te.pth")
#! script main.py
import torch

layer = torch.nn.Linear(4, 2)
layer.load_state_dict(torch.load("te.pth"))
