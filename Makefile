# make setup   .venv with torch and everything the tests need
# make demo    what ckpt-lsp says of broken checkpoints beside what torch raises
# make test    all tests, linters and type checker among them; fetches the editors first
# make lint    linters and type checker alone
# make bench   the ratios of benchmarks/
# make soak    a long day in one server: does it leak?

PYTHON ?= python3
BIN := .venv/bin
WORKERS ?= 2

.PHONY: setup system editors lint demo test bench soak clean

setup: .venv/.ready

# torch first and alone: it is what takes long, and a changed pyproject.toml does not fetch it again.
.venv/.ready: .venv/.torch pyproject.toml
	$(BIN)/python -m pip install --quiet -e '.[dev]'
	@touch $@

.venv/.torch:
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 10) or sys.exit("Python >= 3.10 is needed: make PYTHON=python3.x")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet torch==2.13.0
	@touch $@

# What the sandbox and editor tests stand on.  Where it cannot be installed, they are skipped and say so;
# with CI set, a skipped test is a failed one.
system:
	@missing=; \
	for need in bwrap:bubblewrap debootstrap:debootstrap setpriv:util-linux git:git npm:npm g++:g++; do \
		command -v $${need%%:*} >/dev/null || missing="$$missing $${need##*:}"; \
	done; \
	if [ -z "$$missing" ]; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "installing$$missing"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
			apt-get install -qq --no-install-recommends $$missing >/dev/null; \
	else \
		echo "not installed, and installing them needs root and apt-get:$$missing; their tests will be skipped"; \
	fi

editors: system
	@tools/get_neovim.sh || [ -z "$$CI" ]
	@tools/get_code_server.sh || [ -z "$$CI" ]

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

demo: setup
	$(BIN)/python fixtures/demo.py

test: setup editors
	@if [ -x .tools/node24/node_modules/node/bin/node ]; then \
		PATH="$$PWD/.tools/node24/node_modules/node/bin:$$PATH" npm --prefix editors/vscode test; fi
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -q

bench: setup
	$(BIN)/python benchmarks/cold.py
	$(BIN)/python benchmarks/warm.py
	$(BIN)/python benchmarks/precommit.py
	$(BIN)/python benchmarks/sandbox.py

# An hour or so: 2000 edits and 200 dead workers in one server.
soak: setup
	$(BIN)/python benchmarks/soak.py

clean:
	rm -rf .venv .tools .demo build dist *.egg-info
