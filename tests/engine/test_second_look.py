"""Programs that do not come to the call because something is not on this machine: model and file are named all the
same, and nothing is judged."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from ckpt_lsp.config import load_settings
from ckpt_lsp.engine import Engine
from ckpt_lsp.types import Document, Loads, Raises, SiteReport, Skipped, Unresolved

Check = Callable[..., list[SiteReport]]
HEAD = "import os, sys, torch\nfrom torch import nn\n"


@pytest.fixture
def check(tmp_path: Path) -> Iterator[Check]:
    engine = Engine(tmp_path, load_settings(tmp_path, flags={"python": sys.executable}))

    def check(text: str, **others: str) -> list[SiteReport]:
        for name, other in others.items():
            (tmp_path / f"{name}.py").write_text(textwrap.dedent(other))
        path = tmp_path / "main.py"
        path.write_text(HEAD + textwrap.dedent(text))
        return list(engine.check(Document(path, path.read_text())))

    yield check
    engine.close()


def told(report: SiteReport) -> tuple[str | None, str]:
    assert isinstance(report.verdict, (Unresolved, Skipped))
    return report.model, report.verdict.reason


def test_a_module_reads_data_when_it_is_imported(check: Check) -> None:
    reports = check(
        """
        import table
        net = nn.Linear(2, 2)
        net.width = table.WIDTH
        net.load_state_dict(torch.load("a.pth"))
        """,
        table="import numpy as np\nTABLE = np.load('table.npy')\nWIDTH = TABLE.shape[0]\n",
    )
    assert told(reports[0]) == ("torch.nn.modules.linear.Linear", "checkpoint not found: a.pth")


def test_a_data_set_that_is_not_here(check: Check, tmp_path: Path) -> None:
    torch.save(torch.nn.Linear(2, 2).state_dict(), tmp_path / "a.pth")
    reports = check(
        """
        class Data:
            def __init__(self, root):
                names = open(os.path.join(root, "names.txt"))
                self.sizes = [len(name) for name in names]

        def main():
            data = Data("faces")
            net = nn.Linear(2, 2)
            net.data = data
            net.load_state_dict(torch.load("a.pth"))

        main()
        """
    )
    assert told(reports[0])[0] == "torch.nn.modules.linear.Linear"
    assert "FileNotFoundError" in told(reports[0])[1]
    assert reports[0].checkpoint == tmp_path / "a.pth"
    assert reports[0].findings == () or all(f.rule == "unresolved" for f in reports[0].findings)


def test_a_model_that_rests_on_the_data_is_not_named(check: Check) -> None:
    reports = check(
        """
        words = open("words.txt").read().split()
        net = nn.Linear(len(words), 2)
        net.load_state_dict(torch.load("a.pth"))
        """
    )
    assert told(reports[0])[0] is None
    assert "FileNotFoundError" in told(reports[0])[1]


def test_of_two_absent_files_each_call_has_its_own(check: Check) -> None:
    reports = check(
        """
        def cleaned(state):
            start = 1 if list(state.keys())[0].startswith("module") else 0
            return {".".join(key.split(".")[start:]): value for key, value in state.items()}

        first, second = nn.Linear(2, 2), nn.Conv2d(1, 1, 1)
        state = torch.load("first.pth")
        epoch = torch.load("log.pth")["epoch"]
        first.load_state_dict(cleaned(state))
        second.load_state_dict(cleaned(torch.load("second.pth")))
        """
    )
    assert [told(report) for report in reports] == [
        ("torch.nn.modules.linear.Linear", "checkpoint not found: first.pth"),
        ("torch.nn.modules.conv.Conv2d", "checkpoint not found: second.pth"),
    ]


def test_a_test_that_asks_whether_the_file_is_there(check: Check) -> None:
    reports = check(
        """
        net = nn.Linear(2, 2)
        resume = "runs/last.pth"
        if os.path.isfile(resume):
            net.load_state_dict(torch.load(resume)["model"])
        """
    )
    assert isinstance(reports[0].verdict, Skipped)
    assert told(reports[0]) == (
        "torch.nn.modules.linear.Linear",
        "not reached: `if os.path.isfile(resume):` (line 6) is False, and runs/last.pth is not there",
    )
    assert reports[0].findings == ()


def test_a_backbone_that_is_downloaded(check: Check) -> None:
    reports = check(
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.body = nn.Linear(2, 2)
                own = self.body.state_dict()
                there = torch.hub.load_state_dict_from_url("https://example.org/body.pth")
                for key, value in there.items():
                    if "fc" not in key:
                        own[key] = value
                self.body.load_state_dict(own)

        net = Net()
        net.load_state_dict(torch.load("net.pth"))
        """
    )
    assert [told(report) for report in reports] == [
        (
            "torch.nn.modules.linear.Linear",
            "the state dict depends on the download of https://example.org/body.pth",
        ),
        ("Net", "checkpoint not found: net.pth"),
    ]


def test_what_an_excused_call_would_have_done_is_no_reason_to_skip(check: Check) -> None:
    reports = check(
        """
        class Run:
            resumes, lines = False, None

            def prepare(self):
                self.lines = [len(line) for line in open("run.txt")]
                self.resumes = True

        run = Run()
        run.prepare()
        net = nn.Linear(2, 2)
        net.lines = run.lines
        if run.resumes:
            net.load_state_dict(torch.load("a.pth"))
        """
    )
    assert isinstance(reports[0].verdict, Unresolved)
    assert told(reports[0])[0] is None
    assert "FileNotFoundError" in told(reports[0])[1]


def test_a_verdict_is_of_the_program_as_it_is(check: Check, tmp_path: Path) -> None:
    torch.save({"net": torch.nn.Linear(2, 2).state_dict()}, tmp_path / "a.pth")
    text = """
        net = nn.Linear(2, {width})
        state = torch.load("a.pth")
        net.load_state_dict(state["{key}"])
        """
    wrong_key = check(text.format(width=2, key="model"))
    assert isinstance(wrong_key[0].verdict, Raises)
    assert wrong_key[0].verdict.error.type == "KeyError"
    assert isinstance(check(text.format(width=3, key="net"))[0].verdict, Raises)
    assert isinstance(check(text.format(width=2, key="net"))[0].verdict, Loads)


def test_a_boolean_option_opens_the_other_branch(check: Check, tmp_path: Path) -> None:
    torch.save(torch.nn.Linear(2, 2).state_dict(), tmp_path / "a.pth")
    reports = check(
        """
        import argparse
        parser = argparse.ArgumentParser()
        parser.add_argument("--cuda", default=True, type=lambda text: text.lower() == "true")
        args = parser.parse_args()
        net = nn.Linear(2, 2)
        if args.cuda:
            net.load_state_dict(torch.load("a.pth"))
        else:
            net.load_state_dict(torch.load("a.pth", map_location="cpu"))
        """
    )
    assert [type(report.verdict) for report in reports] == [Loads, Loads]
    assert reports[1].scenario.argv == ("--cuda", "False")


def test_a_function_that_is_only_handed_on(check: Check) -> None:
    reports = check(
        """
        class Encoder(nn.Linear):
            def __init__(self, pretrained=False):
                super().__init__(2, 2)
                if pretrained:
                    self.load_state_dict(torch.hub.load_state_dict_from_url("https://example.org/encoder.pth"))

        MODELS = {"encoder": Encoder}

        def main(name, **options):
            return MODELS[name](**options)

        def run(task):
            return task.start(main)
        """
    )
    assert told(reports[0]) == ("Encoder", "the state dict depends on the download of https://example.org/encoder.pth")
    assert reports[0].scenario.source == "Encoder(pretrained=True)"


def test_a_call_that_nobody_makes_decides_nothing(check: Check, tmp_path: Path) -> None:
    torch.save(torch.nn.Linear(3, 2).state_dict(), tmp_path / "a.pth")
    reports = check(
        """
        def load(path="a.pth", width=2):
            net = nn.Linear(width, 2)
            net.load_state_dict(torch.load(path))
            return net

        LOADERS = {"plain": load}
        LOADERS[input()](width=int(input()))
        """
    )
    assert isinstance(reports[0].verdict, Unresolved)
    assert (reports[0].model, reports[0].checkpoint) == ("torch.nn.modules.linear.Linear", tmp_path / "a.pth")
    assert not [finding for finding in reports[0].findings if finding.rule != "unresolved"]


def test_an_option_whose_default_of_false_is_no_text(check: Check) -> None:
    reports = check(
        """
        import argparse
        parser = argparse.ArgumentParser()
        parser.add_argument("--load", type=str, default=False)
        args = parser.parse_args()
        net = nn.Linear(2, 2)
        if args.load:
            net.load_state_dict(torch.load(args.load))
        """
    )
    assert told(reports[0]) == (None, "not reached: `if args.load:` (line 9) is False")


def test_a_script_that_a_launcher_starts(check: Check, tmp_path: Path) -> None:
    torch.save(torch.nn.Linear(2, 2).state_dict(), tmp_path / "a.pth")
    reports = check(
        """
        rank = int(os.environ["LOCAL_RANK"])
        net = nn.Linear(2, 2).to(rank)
        net.load_state_dict(torch.load("a.pth"))
        """
    )
    assert isinstance(reports[0].verdict, Loads)
    assert reports[0].scenario.source == "defaults, started by torchrun"


def test_an_absent_file_is_taken_apart(check: Check) -> None:
    reports = check(
        """
        actor, critic = nn.Linear(2, 2), nn.Linear(3, 1)
        actor_state, critic_state = torch.load("agent.pth")
        assert actor_state["version"] >= 2
        actor.load_state_dict(actor_state)
        critic.load_state_dict(critic_state)
        """
    )
    assert [told(report) for report in reports] == [
        ("torch.nn.modules.linear.Linear", "checkpoint not found: agent.pth")
    ] * 2


def test_no_file_at_all_is_not_taken_to_be_there(check: Check) -> None:
    reports = check(
        """
        weights = ""
        net = nn.Linear(2, 2)
        if os.path.isfile(weights):
            net.load_state_dict(torch.load(weights))
        """
    )
    assert told(reports[0]) == (None, "not reached: `if os.path.isfile(weights):` (line 6) is False")


def test_a_loop_without_end_takes_nothing_away(check: Check) -> None:
    reports = check(
        """
        class Steps:
            def __init__(self):
                self.left = [len(line) for line in open("steps.txt")]
                self.done = True

        class Run:
            done = False

            def __init__(self):
                self.steps = Steps()

            def wait(self):
                self.done = getattr(self.steps, "done")

        run = Run()
        while run.done is not True:
            run.wait()
        net = nn.Linear(2, 2)
        net.run = run
        net.load_state_dict(torch.load("a.pth"))
        """
    )
    assert told(reports[0])[0] is None
    assert "FileNotFoundError" in told(reports[0])[1]
