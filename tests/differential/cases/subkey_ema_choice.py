#! make
import torch
from torch import nn
torch.save({"model": nn.Linear(4, 3).state_dict(), "model_ema": {"module." + k: v for k, v in nn.Linear(4, 3).state_dict().items()}}, "a.pth")
#! script main.py
import torch
from torch import nn

use_ema = True
net = nn.Linear(4, 3)
ckpt = torch.load("a.pth", map_location="cpu")
if use_ema and "model_ema" in ckpt:
    state = ckpt["model_ema"]
elif "model" in ckpt:
    state = ckpt["model"]
else:
    state = ckpt
net.load_state_dict(state)
