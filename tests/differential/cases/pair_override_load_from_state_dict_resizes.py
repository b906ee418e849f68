#! make with main.py
torch.save({"pos_embed": torch.zeros(1, 17, 8), "fc.weight": torch.zeros(2, 8), "fc.bias": torch.zeros(2)}, "vit.pth")
#! script main.py
import torch
import torch.nn.functional as F
from torch import nn


class ViT(nn.Module):
    def __init__(self, tokens=26):
        super().__init__()
        self.pos_embed = nn.Parameter(torch.zeros(1, tokens, 8))
        self.fc = nn.Linear(8, 2)

    def _load_from_state_dict(self, state_dict, prefix, *args, **kwargs):
        key = prefix + "pos_embed"
        given = state_dict.get(key)
        if given is not None and given.shape != self.pos_embed.shape:
            state_dict[key] = F.interpolate(given.transpose(1, 2), size=self.pos_embed.shape[1]).transpose(1, 2)
        super()._load_from_state_dict(state_dict, prefix, *args, **kwargs)


model = ViT()
model.load_state_dict(torch.load("vit.pth"))
