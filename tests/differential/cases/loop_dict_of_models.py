#! make
import torch
from torch import nn
torch.save({"actor": nn.Linear(4, 2).state_dict(), "critic": nn.Linear(4, 1).state_dict(), "steps": 10}, "agent.pt")
#! script main.py
import torch
from torch import nn

agent = {"actor": nn.Linear(4, 2), "critic": nn.Linear(5, 1)}
ckpt = torch.load("agent.pt")
for name, net in agent.items():
    net.load_state_dict(ckpt[name])
