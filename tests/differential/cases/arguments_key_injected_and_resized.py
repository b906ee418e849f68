#! make
import torch
torch.save({"pos_embed": torch.zeros(1, 5, 8), "head.weight": torch.zeros(10, 8), "head.bias": torch.zeros(10)}, "vit.pth")
#! script main.py
import torch
import torch.nn.functional as F
from torch import nn


class ViT(nn.Module):
    def __init__(self, n=10, classes=3):
        super().__init__()
        self.cls_token = nn.Parameter(torch.zeros(1, 1, 8))
        self.pos_embed = nn.Parameter(torch.zeros(1, n, 8))
        self.head = nn.Linear(8, classes)


net = ViT()
ckpt = torch.load("vit.pth")
ckpt["cls_token"] = torch.zeros(1, 1, 8)
if ckpt["pos_embed"].shape != net.pos_embed.shape:
    grid = ckpt["pos_embed"].permute(0, 2, 1)
    ckpt["pos_embed"] = F.interpolate(grid, size=10, mode="linear").permute(0, 2, 1)
own = net.state_dict()
for k in ["head.weight", "head.bias"]:
    if k in ckpt and ckpt[k].shape != own[k].shape:
        ckpt[k] = own[k]
net.load_state_dict(ckpt)
