-- ckpt-lsp for Neovim 0.11 or newer; see the README beside this folder.
return {
  cmd = { "ckpt-lsp", "serve" },
  filetypes = { "python" },
  root_markers = { ".git", "pyproject.toml" }, -- the order in which the command line looks for a project
}
