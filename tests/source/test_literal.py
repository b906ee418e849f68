"""Which file a load site reads, by constants alone; and where constants do not tell, nothing is claimed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ckpt_lsp.source import sites
from ckpt_lsp.source.literal import reads
from ckpt_lsp.source.tree import parse

SCRIPT = Path("/project/train.py")
HEAD = "import os\nimport pathlib\nfrom pathlib import Path\nimport torch\nimport safetensors.torch\n"
LOAD = "model.load_state_dict(torch.load(P))"


def read(code: str) -> str | None:
    module = parse(SCRIPT, HEAD + code)
    said = reads(module, sites.find(module)[-1])
    return None if said is None else str(said.path)


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ('model.load_state_dict(torch.load("a.pth"))', "a.pth"),
        ('model.load_state_dict(torch.load(f="a.pth", map_location="cpu"))', "a.pth"),
        ('model.load_state_dict(state_dict=torch.load("a.pth")["model"])', "a.pth"),
        ('ck = torch.load("a.pth")\nsd = ck["model"]["ema"]\nmodel.load_state_dict(sd)', "a.pth"),
        (f'P = "a.pth"\n{LOAD}', "a.pth"),
        (f'P: str = "w/" + "a.pth"\n{LOAD}', "w/a.pth"),
        (f'D = "w"\nP = os.path.join(D, "a.pth")\n{LOAD}', "w/a.pth"),
        (f'N = "a"\nP = f"w/{{N}}.pth"\n{LOAD}', "w/a.pth"),
        (f'P = Path("w") / "a.pth"\n{LOAD}', "w/a.pth"),
        (f'P = Path(__file__).resolve().parent / "a.pth"\n{LOAD}', "/project/a.pth"),
        (f'P = os.path.join(os.path.dirname(os.path.abspath(__file__)), "a.pth")\n{LOAD}', "/project/a.pth"),
        (f'P = str(pathlib.Path("/data", "a.pth"))\n{LOAD}', "/data/a.pth"),
        ('m.load_state_dict(safetensors.torch.load_file("a.safetensors"))', "a.safetensors"),
        (f'P = "a.pth"\ndef main():\n    {LOAD}\nif __name__ == "__main__":\n    main()', "a.pth"),
        ('def main():\n    P = "a.pth"\n    model.load_state_dict(torch.load(P))\nmain()', "a.pth"),
    ],
)
def test_constants_name_the_file(code: str, path: str) -> None:
    assert read(code) == path


@pytest.mark.parametrize(
    "code",
    [
        f"P = input()\n{LOAD}",
        f'P = "a.pth"\nP = "b.pth"\n{LOAD}',
        f'P = "a.pth"\nP += "x"\n{LOAD}',
        f'if x:\n    P = "a.pth"\n{LOAD}',
        f'P = "a.pth" if x else "b.pth"\n{LOAD}',
        f'for P in ["a.pth"]:\n    {LOAD}',
        f'P = "a.pth"\ntry:\n    {LOAD}\nexcept OSError:\n    pass',
        f'P = "a.pth"\nif args.resume:\n    {LOAD}',
        f'P = "a.pth"\nif not os.path.exists(P):\n    fetch(P)\n{LOAD}',
        f'P = "a.pth"\nfetch(P)\n{LOAD}',
        f'torch.save({{}}, "a.pth")\nP = "a.pth"\n{LOAD}',
        f'os.system("curl -o a.pth x")\nP = "a.pth"\n{LOAD}',
        f'os.chdir("w")\nP = "a.pth"\n{LOAD}',
        'def main(P="a.pth"):\n    model.load_state_dict(torch.load(P))\nmain()',
        'P = "a.pth"\ndef main():\n    global P\n    P = "b.pth"\nmain()\nmodel.load_state_dict(torch.load(P))',
        'class C:\n    P = "a.pth"\nmodel.load_state_dict(torch.load(P))',
        f"from config import P\n{LOAD}",
        f'with open("a.pth", "rb") as P:\n    {LOAD}',
        f'P, Q = "a.pth", 1\n{LOAD}',
        f"P = P\n{LOAD}",
        "model.load_state_dict(other.load('a.pth'))",
        "model.load_state_dict(torch.hub.load('a', 'b'))",
        'def torch_load(p):\n    return {}\nmodel.load_state_dict(torch_load("a.pth"))',
        f'P = Path("a.pth").resolve()\n{LOAD}',
        f'P = ""\n{LOAD}',
    ],
)
def test_nothing_is_claimed(code: str) -> None:
    assert read(code) is None


def test_what_the_call_says_of_weights_only() -> None:
    said = {}
    for option in ("", "weights_only=True", "weights_only=False", "weights_only=None", "weights_only=x", "**options"):
        module = parse(SCRIPT, f'{HEAD}model.load_state_dict(torch.load("a.pth", {option}))')
        found = reads(module, sites.find(module)[0])
        assert found is not None
        said[option] = found.weights_only
    assert said == {
        "": None,
        "weights_only=True": True,
        "weights_only=False": False,
        "weights_only=None": None,
        "weights_only=x": False,
        "**options": False,
    }
