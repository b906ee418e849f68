#! make with main.py
state = LM().state_dict()
del state["lm_head.weight"]
torch.save(state, "lm.pt")
#! script main.py
import torch
import torch.nn as nn


class LM(nn.Module):
    def __init__(self):
        super().__init__()
        self.wte = nn.Embedding(11, 6)
        self.lm_head = nn.Linear(6, 11, bias=False)
        self.lm_head.weight = self.wte.weight


model = LM()
model.load_state_dict(torch.load("lm.pt"))
