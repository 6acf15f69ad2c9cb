# make demo   create the environment and anonymize a video (SRC=your.mp4 for your own)
# make test   create the environment and run every gate
# make golden write what is generated from the code again: two pages, the public API

# The first interpreter that starts and is new enough.
PYTHON ?= $(shell for p in python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

.PHONY: test check unit format golden demo clean

test: check unit

# Everything that reads the code without running it.
check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell src tests docs benchmarks README.md CONTRIBUTING.md CHANGELOG.md Makefile

unit: $(READY)
	$(BIN)/pytest

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

golden: $(READY)
	$(BIN)/python -m passerby.cli.reference > docs/cli.md
	$(BIN)/python -m passerby.cli.choices > docs/choices.md
	$(BIN)/python tests/test_public_api.py > tests/public_api.txt

$(READY): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "passerby needs Python 3.11 or newer: make PYTHON=/path/to/python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis
