#! may be unresolved: values|data|orthogonal
#! make
import torch
from torch import nn
from torch.nn.utils.parametrizations import orthogonal
torch.save(orthogonal(nn.Linear(4, 4)).state_dict(), "o.pth")
#! script main.py
import torch
from torch import nn
from torch.nn.utils.parametrizations import orthogonal

m = orthogonal(nn.Linear(4, 4))
m.load_state_dict(torch.load("o.pth"))
