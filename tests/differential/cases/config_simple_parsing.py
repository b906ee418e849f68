#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 2).state_dict(), "a.pth")
#! script main.py
from dataclasses import dataclass

import torch
from simple_parsing import ArgumentParser
from torch import nn


@dataclass
class Options:
    weights: str = "a.pth"
    width: int = 4
    classes: int = 3


parser = ArgumentParser()
parser.add_arguments(Options, dest="options")
options = parser.parse_args().options
net = nn.Linear(options.width, options.classes)
net.load_state_dict(torch.load(options.weights))
