#! make
import torch
from torch import nn
torch.save({"state_dict": {"net.weight": torch.zeros(3, 2), "net.bias": torch.zeros(3)}}, "a.pth")
#! file autoencoder.py
import torch
from torch import nn


class VQModel(nn.Module):
    def __init__(self, width, ckpt_path=None):
        super().__init__()
        self.net = nn.Linear(2, width)
        if ckpt_path is not None:
            self.init_from_ckpt(ckpt_path)

    def init_from_ckpt(self, path):
        sd = torch.load(path)["state_dict"]
        missing, unexpected = self.load_state_dict(sd, strict=False)


class AutoencoderKL(nn.Module):
    def __init__(self, width, ckpt_path=None):
        super().__init__()
        self.net = nn.Linear(2, width)
        if ckpt_path is not None:
            self.init_from_ckpt(ckpt_path)

    def init_from_ckpt(self, path):
        sd = torch.load(path)["state_dict"]
        self.load_state_dict(sd, strict=False)
#! script main.py
from autoencoder import AutoencoderKL

AutoencoderKL(4, "a.pth")
