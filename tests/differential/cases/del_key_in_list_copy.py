#! make
import torch
from torch import nn
torch.save({**nn.Linear(4, 3).state_dict(), "head.weight": torch.zeros(5, 3)}, "mae.pth")
#! script main.py
import torch
from torch import nn

model = nn.Linear(4, 2)
checkpoint_model = torch.load("mae.pth", map_location="cpu")
state_dict = model.state_dict()
for k in list(checkpoint_model.keys()):
    if k not in state_dict or checkpoint_model[k].shape != state_dict[k].shape:
        print(f"Removing key {k} from pretrained checkpoint")
        del checkpoint_model[k]
msg = model.load_state_dict(checkpoint_model, strict=False)
print(msg)
