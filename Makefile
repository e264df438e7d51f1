# Every target sets up .venv by itself; a fresh machine needs Python 3.11+, git and make.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
READY := .venv/.ready
# Tests start hundreds of processes: what they import is compiled once, whatever the environment says.
export PYTHONDONTWRITEBYTECODE :=
SERVER := .venv/.ready-server

.DEFAULT_GOAL := help
.PHONY: help install install-server demo docs docs-images test test-tools lint bench figures fuzz soak clean

help:
	@echo "make demo   archive a newsroom that ships with the project, and show what came of it"
	@echo "make test   lint, types, import rules, tests"
	@echo "make docs   write what docs/ says of fields, commands and settings anew"
	@echo "make install-server   what a server needs, and no more"
	@echo "make install | docs-images | test-tools | bench | figures | fuzz | soak | clean"

install: $(READY)

# What crawls, reads, verifies and exports, and messages: no tools of development.
install-server: $(SERVER)

$(SERVER): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(PIP) install -c constraints.txt --upgrade pip
	PIP_CONSTRAINT=constraints.txt $(PIP) install -c constraints.txt -e ".[notify]"
	@touch $@

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(PIP) install -c constraints.txt --upgrade pip
	PIP_CONSTRAINT=constraints.txt $(PIP) install -c constraints.txt -e ".[notify,parquet]" --group dev
	@touch $@

demo: $(READY)
	$(BIN)/python -m demo

docs: $(READY)
	$(BIN)/python docs/generate.py

# What commands show in a terminal, and the embedded newsroom's site and report; the latter by Chromium.
docs-images: $(READY)
	$(BIN)/python docs/draw.py
	$(BIN)/python -m docs.pictures

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell docs *.md
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint
	$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder -m "not tools"

test-tools: $(READY)
	PIP_CONSTRAINT=constraints.txt $(PIP) install -c constraints.txt --group readers
	$(BIN)/pytest -m tools

bench: $(READY)
	PIP_CONSTRAINT=constraints.txt $(PIP) install -c constraints.txt --group bench
	$(BIN)/python -m benchmarks

figures: $(READY)
	$(BIN)/python -m benchmarks.figures

fuzz: $(READY)
	$(BIN)/python -m tests.fuzz --inputs 100000

soak: $(READY)
	$(BIN)/python -m tests.soak --runs 2000

clean:
	rm -rf .venv .venv-tools .mypy_cache .ruff_cache .pytest_cache
