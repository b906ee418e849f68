#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! file datasets/__init__.py
NUM_CLASSES = {"voc": 2}


def load(name):
    raise RuntimeError("no data here")
#! file wandb.py
WIDTH = 4
#! script main.py
import torch
from torch import nn

import datasets
import wandb

net = nn.Linear(wandb.WIDTH, datasets.NUM_CLASSES["voc"])
net.load_state_dict(torch.load("a.pth"))
