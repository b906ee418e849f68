#! make
import torch
from torch import nn
torch.save(nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3)).state_dict(), "best.pth")
#! script main.py
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
data = TensorDataset(torch.randn(8, 4), torch.randint(0, 3, (8,)))
loader = DataLoader(data, batch_size=4)
model = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.Linear(3, 3))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
best = float("inf")
for epoch in range(2):
    model.train()
    total = 0.0
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item()
    if total < best:
        best = total
        print("better")
model.load_state_dict(torch.load("best.pth"))
