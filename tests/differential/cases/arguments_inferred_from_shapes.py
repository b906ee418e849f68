#! make
import torch
from torch import nn
torch.save(nn.Sequential(nn.Embedding(11, 6), nn.Linear(6, 11), nn.Linear(11, 2)).state_dict(), "lm.pt")
#! script main.py
import torch
from torch import nn

sd = torch.load("lm.pt", map_location="cpu")
vocab, dim = sd["0.weight"].shape
depth = len({k.split(".")[0] for k in sd if not k.startswith("0.")})
net = nn.Sequential(nn.Embedding(vocab, dim), *[nn.Linear(dim, sd["1.weight"].size(0)) for _ in range(depth)])
net.load_state_dict(sd)
