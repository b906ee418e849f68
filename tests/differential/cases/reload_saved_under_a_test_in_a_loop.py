#! make
pass
#! script main.py
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

model = nn.Linear(10, 3)
loader = DataLoader(TensorDataset(torch.randn(8, 10)), batch_size=4)
optimizer = torch.optim.Adam(model.parameters())
for epoch in range(3):
    model.train()
    for (x,) in loader:
        loss = model(x).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if epoch + 1 == 2:
        torch.save(model.state_dict(), "m.pth")
loaded = nn.Linear(10, 3)
loaded.load_state_dict(torch.load("m.pth"))
