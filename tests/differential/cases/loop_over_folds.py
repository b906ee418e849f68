#! make
import torch
from torch import nn
for i in range(3):
    torch.save(nn.Linear(4, 3 if i < 2 else 2).state_dict(), f"fold{i}.pth")
#! script main.py
import torch
from torch import nn

models = []
for fold in range(3):
    model = nn.Linear(4, 3)
    model.load_state_dict(torch.load(f"fold{fold}.pth"))
    models.append(model)
