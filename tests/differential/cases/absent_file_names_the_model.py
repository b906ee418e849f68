#! make
pass
#! script main.py
import torch
from torch import nn

ckpt = torch.load("absent.pth")
net = nn.Linear(4, 3)
if "state_dict" in ckpt.keys():
    ckpt = ckpt["state_dict"]
while "model" in ckpt:
    ckpt = ckpt["model"]
ckpt = {k[7:] if k.startswith("module.") else k: v for k, v in ckpt.items()}
net.load_state_dict(ckpt)
