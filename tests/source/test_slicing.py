"""Which statements a slice keeps.  Each case is a program; the lines that end in `#k` are the ones that must stay."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from ckpt_lsp.source import programs, sites
from ckpt_lsp.source.effects import Effects
from ckpt_lsp.source.tree import Module, parse

CASES = {
    "training in front of the load is left out": """
        import torch  #k
        from torch import nn, optim  #k
        from data import loader
        model = nn.Linear(2, 2)  #k
        optimizer = optim.Adam(model.parameters())
        for x, y in loader:
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(model(x), y)
            loss.backward()
            optimizer.step()
        print("done", loss)
        model.load_state_dict(torch.load("a.pth"))  #k
        model.eval()
    """,
    "a pop inside an assignment stays": """
        import torch  #k
        model = torch.nn.Linear(2, 2)  #k
        sd = torch.load("a.pth")  #k
        values = sd.pop("mask_values")  #k
        epoch = sd.get("epoch")
        model.load_state_dict(sd)  #k
    """,
    "an alias of the state dict is followed": """
        import torch  #k
        model = torch.nn.Linear(2, 2)  #k
        ck = torch.load("a.pth")  #k
        d = ck["model"]  #k
        d.pop("fc.weight")  #k
        model.load_state_dict(ck["model"])  #k
    """,
    "an alias of the model is followed": """
        import torch  #k
        model = torch.nn.Sequential(torch.nn.Linear(2, 2))  #k
        other = model  #k
        other.fc = torch.nn.Linear(3, 3)  #k
        model.load_state_dict(torch.load("a.pth"))  #k
    """,
    "a container that holds the model is followed": """
        import torch  #k
        model = torch.nn.Sequential()  #k
        nets = []  #k
        nets.append(model)  #k
        nets[0].add_module("fc", torch.nn.Linear(2, 2))  #k
        model.load_state_dict(torch.load("a.pth"))  #k
    """,
    "a helper that changes its argument is run": """
        import torch  #k
        def add_head(m, n):  #k
            m.head = torch.nn.Linear(2, n)  #k
        def count(m):
            return sum(p.numel() for p in m.parameters())
        model = torch.nn.Linear(2, 2)  #k
        add_head(model, 3)  #k
        total = count(model)
        count(model)
        model.load_state_dict(torch.load("a.pth"))  #k
    """,
    "a helper that changes a global is run": """
        import torch  #k
        WIDTH = 2  #k
        def widen():  #k
            global WIDTH  #k
            WIDTH = 4  #k
        def greet():
            print("hello")
        widen()  #k
        greet()
        model = torch.nn.Linear(WIDTH, 2)  #k
        model.load_state_dict(torch.load("a.pth"))  #k
    """,
    "the ground under later code is kept": """
        import os  #k
        import sys  #k
        import torch  #k
        os.chdir("work")  #k
        sys.path.insert(0, "lib")  #k
        torch.manual_seed(1)
        model = torch.nn.Linear(2, 2)  #k
        model.load_state_dict(torch.load("a.pth"))  #k
    """,
    "a patch of torch is kept": """
        import functools  #k
        import torch  #k
        torch.load = functools.partial(torch.load, weights_only=False)  #k
        model = torch.nn.Linear(2, 2)  #k
        model.load_state_dict(torch.load("a.pth"))  #k
    """,
    "a library function called for its effect is run": """
        import torch  #k
        from torchinfo import summary
        model = torch.nn.Linear(2, 2)  #k
        sd = torch.load("a.pth")  #k
        torch.nn.modules.utils.consume_prefix_in_state_dict_if_present(sd, "module.")  #k
        torch.nn.init.zeros_(model.weight)
        summary(model)
        model.load_state_dict(sd)  #k
    """,
    "a comprehension that pops is run": """
        import torch  #k
        model = torch.nn.Linear(2, 2)  #k
        sd = torch.load("a.pth")  #k
        extra = torch.load("b.pth")  #k
        _ = [d.pop("epoch") for d in (sd, extra)]  #k
        model.load_state_dict(sd)  #k
    """,
    "exec may change anything": """
        import torch  #k
        width = 2  #k
        exec(open("configurator.py").read())  #k
        model = torch.nn.Linear(width, 2)  #k
        model.load_state_dict(torch.load("a.pth"))  #k
    """,
    "continue in a kept loop is kept": """
        import torch  #k
        model = torch.nn.Linear(2, 2)  #k
        sd = torch.load("a.pth")  #k
        new = {}  #k
        for k, v in sd.items():  #k
            if k.startswith("head"):  #k
                continue  #k
            new[k] = v  #k
        model.load_state_dict(new)  #k
    """,
    "setattr and getattr by name": """
        import torch  #k
        class Holder: pass  #k
        holder = Holder()  #k
        for name in ["G", "D"]:  #k
            setattr(holder, "net" + name, torch.nn.Linear(2, 2))  #k
        for name in ["G", "D"]:  #k
            getattr(holder, "net" + name).load_state_dict(torch.load(name + ".pth"))  #k
    """,
    "what comes after the call is left out": """
        import torch  #k
        model = torch.nn.Linear(2, 2)  #k
        model.load_state_dict(torch.load("a.pth"))  #k
        model.fc = torch.nn.Linear(3, 3)
        print(model)
    """,
    "what the program saves itself is kept": """
        import torch  #k
        model = torch.nn.Linear(2, 2)  #k
        torch.save(model.state_dict(), "a.pth")  #k
        model.load_state_dict(torch.load("a.pth"))  #k
    """,
    "a function that nobody calls is called with its defaults": """
        import torch  #k
        from flask import Flask
        app = Flask(__name__)
        def unrelated():
            return 1
        def load(path="a.pth"):  #k
            model = torch.nn.Linear(2, 2)  #k
            report = unrelated()
            model.load_state_dict(torch.load(path))  #k
            return model  #k
    """,
    "a class is cut down to what its attribute needs": """
        import torch  #k
        from data import make_loader
        class Solver:  #k
            def __init__(self, width=2):  #k
                self.loader = make_loader()
                self.width = width  #k
                self.build()  #k
            def build(self):  #k
                self.net = torch.nn.Linear(self.width, 2)  #k
                self.opt = torch.optim.Adam(self.net.parameters())
            def restore(self, path):  #k
                self.net.load_state_dict(torch.load(path))  #k
        if __name__ == "__main__":  #k
            solver = Solver()  #k
            solver.restore("a.pth")  #k
    """,
}


def parsed(text: str) -> Module:
    return parse(Path("/project/main.py"), textwrap.dedent(text).strip() + "\n")


def sliced(module: Module) -> str:
    (site,) = sites.find(module)
    found = programs.programs(module, Effects(lambda m, i: None), site, lambda m: [])
    assert isinstance(found, list)
    return found[0].slice.text


@pytest.mark.parametrize("name", CASES)
def test_kept_statements(name: str) -> None:
    module = parsed(CASES[name])
    lines = sliced(module).split("\n")
    wanted = [line for line in module.text.split("\n") if line.endswith("#k")]
    original = module.text.split("\n")
    kept = [line for number, line in enumerate(lines[: len(original)]) if line == original[number] and line.strip()]
    kept = [line for line in kept if line.strip() != "pass"]
    assert kept == wanted


@pytest.mark.parametrize("name", CASES)
def test_a_slice_parses_and_keeps_the_call_on_its_line(name: str) -> None:
    module = parsed(CASES[name])
    (site,) = sites.find(module)
    again = parse(module.path, sliced(module))
    assert site.site in [s.site for s in sites.find(again)]


def test_a_save_in_a_loop_that_is_left_out_is_reported() -> None:
    module = parsed("""
        import torch
        from data import loader
        model = torch.nn.Linear(2, 2)
        for epoch, batch in enumerate(loader):
            torch.save(model.state_dict(), f"ckpt_{epoch}.pth")
        model.load_state_dict(torch.load("ckpt_9.pth"))
    """)
    (site,) = sites.find(module)
    found = programs.programs(module, Effects(lambda m, i: None), site, lambda m: [])
    assert isinstance(found, list)
    assert found[0].writes == ["ckpt_*.pth"]
