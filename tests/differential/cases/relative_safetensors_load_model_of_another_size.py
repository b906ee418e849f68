#! make
from torch import nn
from safetensors.torch import save_model
save_model(nn.Sequential(nn.Linear(4, 3)), "w.safetensors")
#! script main.py
import os
import safetensors
import safetensors.torch
from torch import nn


def build(width):
    return nn.Sequential(nn.Linear(4, width))


def main():
    net = build(5)
    path = os.path.join("w" + ".safetensors")
    safetensors.torch.load_model(net, path, strict=False)


if __name__ == "__main__":
    main()
