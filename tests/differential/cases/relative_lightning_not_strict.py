#! make with main.py
import torch
torch.save({"state_dict": {"body.weight": torch.zeros(3, 4)}, "pytorch-lightning_version": "2.0.0"}, "last.ckpt")
#! script main.py
import pytorch_lightning as pl
from torch import nn


class Net(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(4, 3)


def main():
    return Net.load_from_checkpoint("last.ckpt", strict=False)


if __name__ == "__main__":
    main()
