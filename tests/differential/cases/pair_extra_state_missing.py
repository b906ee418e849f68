#! make with main.py
state = Tokens().state_dict()
del state["_extra_state"]
torch.save(state, "tokens.pth")
#! script main.py
import torch
from torch import nn


class Tokens(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(5, 3)
        self.vocab = {"a": 1}

    def get_extra_state(self):
        return {"vocab": self.vocab}

    def set_extra_state(self, state):
        self.vocab = state["vocab"]


model = Tokens()
model.load_state_dict(torch.load("tokens.pth"))
