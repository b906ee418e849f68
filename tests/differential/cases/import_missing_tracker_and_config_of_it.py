#! judge-only file wandb.py
config = {}


def init(**kw):
    config.update(kw.get("config", {}))


def log(*a, **k):
    pass
#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! script main.py
import torch
import wandb
from torch import nn

hyper = dict(width=2, lr=1e-3)
wandb.init(project="x", config=hyper)
net = nn.Linear(4, hyper["width"])
net.load_state_dict(torch.load("a.pth"))
wandb.log({"loaded": 1})
#! may be unresolved: wandb
