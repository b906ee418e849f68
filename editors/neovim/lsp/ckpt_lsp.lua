-- ckpt-lsp for Neovim 0.11 or newer; see the README beside this folder.
return {
  cmd = { "ckpt-lsp", "serve" },
  filetypes = { "python" },
  root_markers = { "pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", ".git" },
}
