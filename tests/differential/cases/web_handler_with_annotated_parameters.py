#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 2).state_dict(), "m.pth")
#! file web.py
import inspect


class App:
    def post(self, path):
        def decorate(function):
            for parameter in inspect.signature(function).parameters.values():
                assert issubclass(parameter.annotation, Base), parameter
            function(Base())
            return function

        return decorate


class Base:
    pass
#! script main.py
import torch
from torch import nn
from web import App, Base

app = App()


class Patient(Base):
    age: float
    sex: str


@app.post("/predict")
def predict(payload: Patient):
    net = nn.Linear(4, 3)
    net.load_state_dict(torch.load("m.pth"))
    return {"p": 1}
