#! judge-only file fastapi.py
class FastAPI:
    def get(self, path):
        return lambda f: f

    post = get
#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! script app.py
import torch
from fastapi import FastAPI
from torch import nn

app = FastAPI()
model = nn.Linear(4, 2)
model.load_state_dict(torch.load("a.pth", map_location=torch.device("cpu")))
model.eval()


@app.get("/predict")
async def predict(x: float):
    with torch.no_grad():
        return model(torch.full((1, 4), x)).tolist()
