#! make
import os, torch
from torch import nn
os.makedirs("checkpoint")
torch.save({"net": nn.DataParallel(nn.Linear(4, 3)).state_dict(), "acc": 91.0, "epoch": 3}, "checkpoint/ckpt.pth")
#! script main.py
import argparse
import os

import torch
from torch import nn

parser = argparse.ArgumentParser(description="CIFAR")
parser.add_argument("--lr", default=0.1, type=float)
parser.add_argument("--resume", "-r", action="store_true", help="resume from checkpoint")
args = parser.parse_args()

net = nn.Linear(4, 3)
if args.resume:
    print("==> Resuming from checkpoint..")
    assert os.path.isdir("checkpoint"), "Error: no checkpoint directory found!"
    checkpoint = torch.load("./checkpoint/ckpt.pth")
    net.load_state_dict(checkpoint["net"])
    best_acc = checkpoint["acc"]
