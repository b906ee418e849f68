#! may be unresolved: pytorch_lightning
#! judge-only file pytorch_lightning.py
from torch import nn


class LightningModule(nn.Module):
    pass
#! make
import torch
torch.save({"state_dict": {"net.weight": torch.zeros(3, 4), "net.bias": torch.zeros(3)}}, "lit.ckpt")
#! script main.py
import pytorch_lightning as pl
import torch
from torch import nn


class Lit(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.net = nn.Linear(4, 2)


lit = Lit()
lit.load_state_dict(torch.load("lit.ckpt")["state_dict"])
