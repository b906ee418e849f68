#! make
pass
#! script main.py
from safetensors.torch import load_model
from torch import nn

load_model(nn.Linear(4, 3), "absent.safetensors")
