#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 2).state_dict(), "a.pth")
#! file configs/__init__.py

#! file configs/small.py
width = 4
classes = 3
weights = "a.pth"
#! script main.py
import argparse
import importlib

import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--config", default="configs.small")
cfg = importlib.import_module(parser.parse_args().config)
net = nn.Linear(cfg.width, cfg.classes)
net.load_state_dict(torch.load(cfg.weights))
