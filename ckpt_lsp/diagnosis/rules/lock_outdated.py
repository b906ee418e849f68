"""lock-outdated."""

from ...types import Severity
from .rule import Rule

LOCK_OUTDATED = Rule(
    name="lock-outdated",
    severity=Severity.WARNING,
    summary="The checkpoint is not what `ckpt-lsp.lock` says it is.",
    why=(
        "Where the checkpoint is, the call is judged by the file. Where it is not, in a clone without weights or in "
        "CI, it is judged by the record in `ckpt-lsp.lock`. Here both are at hand and say different things, so that "
        "others would be told something else than what happens. This is so after a training run has written the file "
        "again with another architecture:\n\n"
        "```console\n"
        "$ python train.py                # writes resnet.pth with 10 classes instead of 1000\n"
        "$ ckpt-lsp check .\n"
        "predict.py:8:5: warning[lock-outdated]: resnet.pth is not what ckpt-lsp.lock says: another shape or dtype of "
        "'fc.weight' and 1 more; run `ckpt-lsp lock`\n"
        "$ ckpt-lsp lock\n"
        "ckpt-lsp.lock: 1 changed\n"
        "```"
    ),
    fix="Run `ckpt-lsp lock` and commit `ckpt-lsp.lock`; or bring back the checkpoint that was recorded.",
)
