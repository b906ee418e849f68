#! may be unresolved: required argument
#! argv --weights a.pth
#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! script main.py
import argparse

import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--weights", required=True)
parser.add_argument("--width", type=int, default=2)
args = parser.parse_args()
net = nn.Linear(4, args.width)
net.load_state_dict(torch.load(args.weights))
