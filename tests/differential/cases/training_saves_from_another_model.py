#! may be unresolved: not computed
#! script main.py
import torch
import torch.nn as nn

teacher = nn.Linear(4, 3)
torch.save({"net": teacher.state_dict(), "epoch": 1}, "teacher.pt")
student = nn.Linear(4, 2)
student.load_state_dict(torch.load("teacher.pt")["net"])
