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
    def __init__(self, inputs, outputs):
        super().__init__()
        self.save_hyperparameters()
        self.body = nn.Linear(inputs, outputs)
#! script main.py
from net import Net

model = Net.load_from_checkpoint(checkpoint_path="last.ckpt", outputs=10)
