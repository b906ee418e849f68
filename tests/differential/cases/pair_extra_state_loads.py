#! make with main.py
torch.save(Tokens().state_dict(), "tokens.pth")
#! script main.py
import torch
from torch import nn


class Tokens(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(5, 3)
        self.vocab = {}

    def get_extra_state(self):
        return {"vocab": self.vocab}

    def set_extra_state(self, state):
        self.vocab = state["vocab"]


model = Tokens()
model.load_state_dict(torch.load("tokens.pth"))
