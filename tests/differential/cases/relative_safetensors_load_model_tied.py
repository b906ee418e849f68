#! make with main.py
from safetensors.torch import save_model
save_model(Lm(), "w.safetensors")
#! script main.py
import torch
from safetensors.torch import load_model
from torch import nn


class Lm(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.head = nn.Linear(4, 10, bias=False)
        self.head.weight = self.embed.weight


if __name__ == "__main__":
    lm = Lm()
    load_model(lm, "w.safetensors")
