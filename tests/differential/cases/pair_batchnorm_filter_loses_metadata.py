#! make with main.py
state = nn.DataParallel(Net()).state_dict()
del state["module.bn.num_batches_tracked"]
torch.save(state, "new.pth")
#! script main.py
import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.bn = nn.BatchNorm2d(4)


model = Net()
state_dict = torch.load("new.pth")
state_dict = {k.replace("module.", ""): v for k, v in state_dict.items()}
model.load_state_dict(state_dict)
