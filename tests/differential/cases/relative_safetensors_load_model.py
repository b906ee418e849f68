#! make
import torch
from torch import nn
from safetensors.torch import save_file
save_file({"0.weight": torch.zeros(3, 4), "2.bias": torch.zeros(3)}, "w.safetensors")
#! script main.py
from safetensors.torch import load_model
from torch import nn

net = nn.Sequential(nn.Linear(4, 3))
load_model(net, "w.safetensors")
