#! may be unresolved: not reached: `if config.mode == 'train':`
#! argv --mode test
#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! script main.py
import argparse

import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--mode", default="train", choices=["train", "test"])
config = parser.parse_args()
net = nn.Linear(4, 2)
if config.mode == "train":
    print("train")
elif config.mode == "test":
    net.load_state_dict(torch.load("a.pth"))
