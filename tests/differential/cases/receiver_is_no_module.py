#! make
import torch
torch.save({"a": 1}, "a.pth")
#! script main.py
import torch


class TRTModule:
    def load_state_dict(self, state):
        self.engine = state["a"]


model = TRTModule()
model.load_state_dict(torch.load("a.pth"))
