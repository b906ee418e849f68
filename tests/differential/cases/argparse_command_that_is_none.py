#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 2).state_dict(), "a.pth")
#! own root
#! file README.md
Then run `python main.py --width 4 or so`, and that is all.
#! script main.py
import argparse

import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--width", type=int, default=4)
args = parser.parse_args()
net = nn.Linear(args.width, 3)
net.load_state_dict(torch.load("a.pth"))
