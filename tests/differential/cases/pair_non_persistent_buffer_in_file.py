#! make with main.py
state = Attention().state_dict()
state["mask"] = torch.zeros(4, 4)
torch.save(state, "attn.pth")
#! script main.py
import torch
from torch import nn


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv = nn.Linear(4, 12)
        self.register_buffer("mask", torch.tril(torch.ones(4, 4)), persistent=False)


attn = Attention()
attn.load_state_dict(torch.load("attn.pth"))
