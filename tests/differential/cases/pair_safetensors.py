#! make
import torch
from torch import nn
from safetensors.torch import save_file
save_file({"model.0.weight": torch.zeros(3, 4), "model.0.bias": torch.zeros(3, dtype=torch.bfloat16)}, "w.safetensors")
#! script main.py
import torch
from safetensors.torch import load_file
from torch import nn

net = nn.Sequential(nn.Linear(4, 3))
net.load_state_dict(load_file("w.safetensors"))
