#! make with main.py
net = Net()
opt = torch.optim.Adam(net.parameters())
net(torch.zeros(1, 4)).sum().backward()
opt.step()
torch.save({"epoch": 3, "model_state_dict": net.state_dict(), "optimizer_state_dict": opt.state_dict(), "loss": 0.25}, "ckpt.tar")
#! script main.py
import torch
import torch.nn as nn
import torch.optim as optim


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x):
        return self.fc(x)


model = Net()
optimizer = optim.Adam(model.parameters(), lr=1e-3)
checkpoint = torch.load("ckpt.tar")
model.load_state_dict(checkpoint["model_state_dict"])
optimizer.load_state_dict(checkpoint["optimizer_state_dict"])
epoch = checkpoint["epoch"]
loss = checkpoint["loss"]
