#! make
import argparse
import torch
torch.save({"args": argparse.Namespace(out=5), "model": {"weight": torch.zeros(3, 4), "bias": torch.zeros(3)}}, "ns.pth")
#! script main.py
import torch
from torch import nn

checkpoint = torch.load("ns.pth", map_location="cpu", weights_only=False)
m = nn.Linear(4, checkpoint["args"].out)
m.load_state_dict(checkpoint["model"])
