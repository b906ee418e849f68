#! make
import torch
from torch import nn
torch.save({**nn.Linear(4, 3).state_dict(), "extra": torch.zeros(1)}, "pytorch_model.bin")
#! script main.py
from accelerate import load_checkpoint_in_model
from torch import nn

net = nn.Linear(4, 3)
load_checkpoint_in_model(net, "pytorch_model.bin")
