#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! script main.py
import argparse

import torch
from torch import nn


def build(width=3, depth=1, **unused):
    return nn.Sequential(*[nn.Linear(4, width) for _ in range(depth)])


parser = argparse.ArgumentParser()
parser.add_argument("--width", type=int, default=3)
parser.add_argument("--depth", type=int, default=1)
parser.add_argument("--ckpt", type=str, default="a.pth")
args, _ = parser.parse_known_args()
net = build(**vars(args))
net.load_state_dict(torch.load(args.ckpt))
