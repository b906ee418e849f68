#! make with main.py
torch.save({"fc.weight": torch.zeros(2, 4), "fc.bias": torch.zeros(2)}, "clip.pth")
#! script main.py
import torch
from torch import nn


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)
        self.logit_scale = nn.Parameter(torch.ones([]))
        self.register_load_state_dict_post_hook(self._ignore)

    @staticmethod
    def _ignore(module, incompatible_keys):
        incompatible_keys.missing_keys[:] = [k for k in incompatible_keys.missing_keys if k != "logit_scale"]


model = Model()
model.load_state_dict(torch.load("clip.pth"))
