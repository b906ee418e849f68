#! make
import torch
from torch import nn
state = nn.Sequential(nn.Linear(4, 3), nn.LayerNorm(3)).state_dict()
torch.save({"model": {"_orig_mod." + k: v for k, v in state.items()}, "config": {"n": 4}}, "ckpt.pt")
#! script main.py
import torch
from torch import nn

checkpoint = torch.load("ckpt.pt", map_location="cpu")
model = nn.Sequential(nn.Linear(checkpoint["config"]["n"], 3), nn.LayerNorm(3))
state_dict = checkpoint["model"]
unwanted_prefix = "_orig_mod."
for k, v in list(state_dict.items()):
    if k.startswith(unwanted_prefix):
        state_dict[k[len(unwanted_prefix) :]] = state_dict.pop(k)
model.load_state_dict(state_dict)
model = torch.compile(model)
