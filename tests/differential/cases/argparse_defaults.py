#! make
import torch
from torch import nn
torch.save({"state_dict": nn.Linear(4, 3).state_dict()}, "a.pth")
#! script main.py
import argparse

import torch
from torch import nn


def get_args():
    parser = argparse.ArgumentParser("eval")
    parser.add_argument("--weights", default="a.pth")
    parser.add_argument("--num-classes", type=int, default=2)
    parser.add_argument("--device", default="cuda", choices=["cuda", "cpu"])
    return parser.parse_args()


if __name__ == "__main__":
    args = get_args()
    net = nn.Linear(4, args.num_classes)
    net.load_state_dict(torch.load(args.weights, map_location="cpu")["state_dict"])
