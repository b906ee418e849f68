#! make
from torch import nn
from safetensors.torch import save_model
save_model(nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2)), "w.safetensors")
#! script main.py
import safetensors.torch as st
from torch import nn

net = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))
missing, unexpected = st.load_model(model=net, filename="w.safetensors", strict=False)
print(missing, unexpected)
