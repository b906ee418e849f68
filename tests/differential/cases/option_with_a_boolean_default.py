#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 2).state_dict(), "gpu.pth")
torch.save(nn.Linear(4, 3).state_dict(), "cpu.pth")
#! script main.py
import argparse

import torch
from torch import nn


def str2bool(text):
    return text.lower() in ("yes", "y", "true", "t", "1")


parser = argparse.ArgumentParser()
parser.add_argument("--cuda", default=True, type=str2bool)
args = parser.parse_args()
net = nn.Linear(4, 2)
if args.cuda:
    net.load_state_dict(torch.load("gpu.pth"))
else:
    net.load_state_dict(torch.load("cpu.pth", map_location="cpu"))
