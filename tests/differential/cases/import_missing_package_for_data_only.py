#! judge-only file torchvision/__init__.py
#! judge-only file torchvision/transforms.py
class Compose(list):
    pass


def ToTensor():
    return len


Resize = Normalize = lambda *a: len
#! judge-only file cv2.py
def VideoCapture(n):
    class Cap:
        def isOpened(self): return False
        def read(self): return False, None
    return Cap()
#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! script main.py
import cv2
import torch
import torchvision.transforms as transforms
from torch import nn

transform = transforms.Compose([transforms.Resize(4), transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,))])
cap = cv2.VideoCapture(0)
net = nn.Linear(4, 2)
net.load_state_dict(torch.load("a.pth"))
while cap.isOpened():
    ok, frame = cap.read()
    print(net(transform(frame)))
