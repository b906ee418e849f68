#! make
import torch
torch.save({"net.weight": torch.zeros(3, 2), "net.bias": torch.zeros(3)}, "a.pth")
#! script main.py
import torch
from torch import nn


class Base(nn.Module):
    def __init__(self):
        super(Base, self).__init__()
        self.net = nn.Linear(2, 3)


class VQModel(Base):
    def __init__(self, ckpt_path="a.pth"):
        super(VQModel, self).__init__()
        self.rate = 0.1
        if ckpt_path is not None:
            self.init_from_ckpt(ckpt_path)

    def init_from_ckpt(self, path):
        sd = torch.load(path)
        self.load_state_dict(sd)


class Other(nn.Module):
    def __init__(self, ckpt_path=None):
        super().__init__()
        self.head = nn.Linear(2, 2)
        if ckpt_path is not None:
            self.init_from_ckpt(ckpt_path)

    def init_from_ckpt(self, path):
        sd = torch.load(path)
        self.load_state_dict(sd, strict=False)


if __name__ == "__main__":
    VQModel()
    Other("a.pth")
