#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! file configs/base.yaml
model:
  width: 2
ckpt: a.pth
#! script main.py
import torch
import yaml
from torch import nn

cfg = yaml.safe_load(open("configs/base.yaml"))
net = nn.Linear(4, **{"out_features": cfg["model"]["width"]})
net.load_state_dict(torch.load(cfg["ckpt"]))
