#! make with net.py
import torch
model = Net(4, 3)
torch.save({"state_dict": model.state_dict(), "hyper_parameters": {"inputs": 4, "outputs": 3},
            "pytorch-lightning_version": "2.0.0", "epoch": 3, "global_step": 1}, "last.ckpt")
#! file net.py
import pytorch_lightning as pl
import torch
from torch import nn


class Net(pl.LightningModule):
    def __init__(self, inputs, outputs, hidden=8):
        super().__init__()
        self.save_hyperparameters()
        self.body = nn.Sequential(nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, outputs))

    def forward(self, x):
        return self.body(x)
#! script main.py
from net import Net

model = Net.load_from_checkpoint("last.ckpt")
model.eval()
