#! make
import torch
from torch import nn
torch.save({"module." + k: v for k, v in nn.Linear(4, 3).state_dict().items()}, "a.pth")
#! script main.py
import torch
from torch import nn

state = torch.load("a.pth")


def unwrap():
    global state
    state = {k.replace("module.", ""): v for k, v in state.items()}


unwrap()
m = nn.Linear(4, 3)
m.load_state_dict(state)
