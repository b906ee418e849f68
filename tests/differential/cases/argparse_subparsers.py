#! may be unresolved: command|required
#! argv test --ckpt a.pth
#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! file run.sh
python main.py test --ckpt a.pth
#! script main.py
import argparse

import torch
from torch import nn


def test(args):
    net = nn.Linear(4, args.width)
    net.load_state_dict(torch.load(args.ckpt))


def train(args):
    print("training")


parser = argparse.ArgumentParser()
sub = parser.add_subparsers(dest="command", required=True)
p = sub.add_parser("train")
p.set_defaults(func=train)
p = sub.add_parser("test")
p.add_argument("--ckpt", required=True)
p.add_argument("--width", type=int, default=3)
p.set_defaults(func=test)
args = parser.parse_args()
args.func(args)
