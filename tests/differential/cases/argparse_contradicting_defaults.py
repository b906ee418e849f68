#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 21).state_dict(), "voc.pth")
#! script main.py
import argparse

import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--task", default="coco", choices=["coco", "voc"])
parser.add_argument("--weights", default="voc.pth")
args = parser.parse_args()
net = nn.Linear(4, 80 if args.task == "coco" else 21)
net.load_state_dict(torch.load(args.weights))
