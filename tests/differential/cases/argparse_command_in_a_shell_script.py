#! argv --weights a.pth --width 5
#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! file run.sh
#!/bin/bash
WIDTH=5
python main.py \
    --weights a.pth \
    --width $WIDTH
#! script main.py
import argparse

import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--weights", required=True)
parser.add_argument("--width", type=int, default=3)
args = parser.parse_args()
net = nn.Linear(4, args.width)
net.load_state_dict(torch.load(args.weights))
