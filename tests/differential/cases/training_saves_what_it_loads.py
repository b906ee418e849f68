#! script main.py
import torch
import torch.nn as nn

model = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3))
best = 1e9
for epoch in range(2):
    loss = model(torch.randn(5, 4)).pow(2).mean()
    if loss < best:
        best = loss
        torch.save(model.state_dict(), "best.pt")
model.load_state_dict(torch.load("best.pt"))
#! may be unresolved: writes best.pt|itself
