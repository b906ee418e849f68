#! script main.py
import torch
from torch import nn

policy = nn.Linear(4, 3)
target = nn.Linear(4, 3)
target.load_state_dict(policy.state_dict())
#! may be unresolved: own state|no file|state_dict
