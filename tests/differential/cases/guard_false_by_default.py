#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! script main.py
import argparse

import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--resume", default="", type=str)
args = parser.parse_args()
net = nn.Linear(4, 2)
if args.resume:
    net.load_state_dict(torch.load(args.resume))
