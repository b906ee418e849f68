#! make
import argparse
import torch
torch.save({"args": argparse.Namespace(lr=0.1), "model": {"weight": torch.zeros(3, 4), "bias": torch.zeros(3)}}, "ns.pth")
#! script main.py
import torch
from torch import nn

checkpoint = torch.load("ns.pth", map_location="cpu")
m = nn.Linear(4, 3)
m.load_state_dict(checkpoint["model"])
