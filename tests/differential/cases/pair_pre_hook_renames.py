#! make with main.py
torch.save({"gamma": torch.ones(4), "beta": torch.zeros(4)}, "tf.pth")
#! script main.py
import torch
from torch import nn


def rename(state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs):
    for old, new in (("gamma", "weight"), ("beta", "bias")):
        if prefix + old in state_dict:
            state_dict[prefix + new] = state_dict.pop(prefix + old)


class Norm(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(4))
        self.bias = nn.Parameter(torch.zeros(4))
        self._register_load_state_dict_pre_hook(rename)


norm = Norm()
norm.load_state_dict(torch.load("tf.pth"))
