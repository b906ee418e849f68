#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! file config.json
{"model": {"width": 2}, "ckpt": "a.pth"}
#! script main.py
import json

import torch
from torch import nn

with open("config.json") as f:
    cfg = json.load(f)
net = nn.Linear(4, cfg["model"]["width"])
net.load_state_dict(torch.load(cfg["ckpt"]))
