#! may be unresolved: Default process group has not been initialized
#! make
import torch
from torch import nn
from safetensors.torch import save_file
save_file({"0.weight": torch.zeros(3, 4), "0.bias": torch.zeros(3)}, "model.safetensors")
#! script main.py
import accelerate
from torch import nn

with accelerate.init_empty_weights():
    net = nn.Sequential(nn.Linear(4, 5))
accelerate.load_checkpoint_in_model(net, "model.safetensors")
