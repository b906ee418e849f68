#! may be unresolved: quantized
#! make
import torch
torch.save({"weight": torch.quantize_per_tensor(torch.zeros(3, 4), 0.1, 0, torch.qint8), "bias": torch.zeros(3)}, "q.pth")
#! script main.py
import torch
from torch import nn

m = nn.Linear(4, 3)
m.load_state_dict(torch.load("q.pth"))
