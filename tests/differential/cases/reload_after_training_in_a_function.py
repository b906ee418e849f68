#! make
pass
#! script main.py
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)

    def forward(self, x):
        return self.fc(x)


model = Net()


def train_one_epoch():
    model.train(True)
    for x in loader:
        loss = model(x).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


loader = [torch.randn(8, 4)]
optimizer = torch.optim.Adam(model.parameters())
for epoch in range(3):
    train_one_epoch()
path = "m.pth"
torch.save(model.state_dict(), path)
loaded = Net()
loaded.load_state_dict(torch.load(path))
