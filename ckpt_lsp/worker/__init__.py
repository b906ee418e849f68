"""What runs inside the sandbox, under the user's interpreter: standard library and torch, Python >= 3.9.

Nothing in here imports anything of ckpt_lsp outside this folder, so that the folder can be started by path
(`python -I .../ckpt_lsp/worker`) under an interpreter that has never heard of ckpt-lsp.
"""
