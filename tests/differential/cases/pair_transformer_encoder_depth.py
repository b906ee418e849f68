#! make
import torch
from torch import nn
torch.save(nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16), 4, enable_nested_tensor=False).state_dict(), "enc.pth")
#! script main.py
import torch
from torch import nn

m = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 2)
m.load_state_dict(torch.load("enc.pth"))
