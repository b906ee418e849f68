#!/bin/sh
# Makes docs/neovim.png: real Neovim in xterm, the diagnostic beside its line and the menu of fixes below.
# Needs Xvfb, xterm and ImageMagick (Debian: xvfb xterm imagemagick fonts-dejavu-core).
set -eu

repository=$(cd "$(dirname "$0")/.." && pwd)
nvim=$("$repository/tools/get_neovim.sh")
python=$repository/.venv/bin/python
scene=$(mktemp -d)
trap 'kill $terminal $editor $screen 2>/dev/null || true; rm -rf "$scene"' EXIT
terminal= editor= screen=

mkdir "$scene/.git"
cat >"$scene/evaluate.py" <<'EOF'
import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        self.backbone = nn.Sequential(nn.Linear(64, 32), nn.ReLU())
        self.head = nn.Linear(32, classes)

    def forward(self, x):
        return self.head(self.backbone(x))


model = Classifier()
model.load_state_dict(torch.load("best.pth"))
model.eval()
EOF
(cd "$scene" && "$python" - <<'EOF'
import re, torch
code = open("evaluate.py").read()
exec(code[: code.index("\nmodel = ")])
torch.save(nn.DataParallel(Classifier()).state_dict(), "best.pth")
EOF
)
cat >"$scene/init.lua" <<EOF
vim.opt.runtimepath:append("$repository/editors/neovim")
vim.lsp.config("ckpt_lsp", { cmd = { "$repository/.venv/bin/ckpt-lsp", "serve" } })
vim.lsp.enable("ckpt_lsp")
vim.diagnostic.config({ virtual_lines = true })
vim.opt.number = true
vim.opt.termguicolors = true
vim.opt.laststatus = 0
vim.opt.ruler = false
vim.opt.shortmess:append("F")
vim.api.nvim_create_autocmd("DiagnosticChanged", { once = true, callback = function()
  local first = vim.diagnostic.get(0)[1]
  vim.api.nvim_win_set_cursor(0, { first.lnum + 1, first.col })
  vim.defer_fn(vim.lsp.buf.code_action, 500)
end })
EOF

export DISPLAY=:93 XDG_CONFIG_HOME="$scene/c" XDG_STATE_HOME="$scene/s" XDG_DATA_HOME="$scene/d" XDG_CACHE_HOME="$scene/x"
Xvfb "$DISPLAY" -screen 0 1042x586x24 >/dev/null 2>&1 &
screen=$!
sleep 1
cd "$scene"
# Two halves, since a Neovim that was started by way of the dynamic loader cannot start itself again.
"$nvim" --headless --listen "$scene/socket" -n -i NONE -u init.lua evaluate.py >/dev/null 2>&1 &
editor=$!
sleep 1
LC_ALL=C.UTF-8 COLORTERM=truecolor xterm -b 8 -bw 0 -bg '#14161b' -fg '#e0e2ea' -fa 'DejaVu Sans Mono' -fs 11 \
    -geometry 114x30+0+0 -e "$nvim" --server "$scene/socket" --remote-ui &
terminal=$!
sleep "${SECONDS_TO_WAIT:-25}"
import -window root "$scene/picture.png"
convert "$scene/picture.png" -strip -colors 128 "PNG8:$repository/docs/neovim.png"
ls -l "$repository/docs/neovim.png"
