#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! script main.py
import argparse
import os
from glob import glob

import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--input", default="pictures")
parser.add_argument("--weights", default="a.pth")
opts = parser.parse_args()

files = []
if os.path.isdir(opts.input):
    for ending in ["png", "jpg"]:
        found = glob(os.path.join(opts.input, "*." + ending))
        if len(found) > 0:
            files.extend(found)
elif os.path.isfile(opts.input):
    files.append(opts.input)

net = nn.Linear(4, 2)
nets = []
nets.append(net)
nets[0].load_state_dict(torch.load(opts.weights))
