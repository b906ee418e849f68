#! make with main.py
torch.save({"model": Net(9).state_dict()}, "ckpt.pth")
#! script main.py
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        self.head = nn.Linear(4, classes)


def main(distributed=False):
    model = Net()
    model_without_ddp = model
    if distributed:
        model = torch.nn.parallel.DistributedDataParallel(model)
        model_without_ddp = model.module
    checkpoint = torch.load("ckpt.pth", map_location="cpu")
    model_without_ddp.load_state_dict(checkpoint["model"])


if __name__ == "__main__":
    main()
