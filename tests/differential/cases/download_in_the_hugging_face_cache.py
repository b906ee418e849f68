#! make
import os
import torch
from torch import nn
sha, folder = "a" * 40, "hub/models--me--net"
os.makedirs(f"{folder}/snapshots/{sha}")
os.makedirs(f"{folder}/refs")
open(f"{folder}/refs/main", "w").write(sha)
torch.save(nn.Linear(4, 2).state_dict(), f"{folder}/snapshots/{sha}/w.pth")
#! script main.py
import os

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from huggingface_hub import hf_hub_download
from torch import nn

net = nn.Linear(4, 3)
net.load_state_dict(torch.load(hf_hub_download("me/net", filename="w.pth", cache_dir="hub")))
