#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! file options.py
import argparse


class Options:
    def __init__(self):
        self.parser = argparse.ArgumentParser()
        self.parser.add_argument("--load", type=str, default="a.pth")
        self.parser.add_argument("--nc", type=int, default=4)

    def parse(self):
        opt = self.parser.parse_args()
        for k, v in sorted(vars(opt).items()):
            print(k, v)
        opt.isTrain = False
        return opt
#! script main.py
import torch
from torch import nn

from options import Options

opt = Options().parse()
net = nn.Linear(opt.nc, 3)
if not opt.isTrain:
    net.load_state_dict(torch.load(opt.load))
