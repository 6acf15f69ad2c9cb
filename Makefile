# make demo   install passerby alone, anonymize a video of people who do not exist, and measure how
#             many of their heads are covered (SRC=your.mp4 for your own file or folder, of which
#             nobody knows the heads); the result lies in demo/. SITE=1: film a corridor of three
#             cameras, run a site on it, and measure who is linked to whom, in demo/site/
# make test   install all that tests need, and run every gate
# make quick  run the tests that take little time, while you develop; it proves nothing
# make wheel-check  build the wheel and try it as users install it, without torch or a network
# make release build the wheel and the sdist twice, compare them, and say what they are made of: dist/
# make docs   build the documentation as a site that works without a network: site/index.html
# make federated install Flower, which does not resolve beside the rest, into an environment of its own,
#             and run the tests of federated training there
# make golden write what is generated from the code again: three pages, the public API

# The first interpreter that starts and is new enough.
PYTHON ?= $(shell for p in python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
# Compiled modules are kept, or each of the hundreds of processes that tests start compiles its own.
export PYTHONDONTWRITEBYTECODE :=

# What is installed: passerby alone, and on top of it all that its tests need.
CORE := $(VENV)/core
READY := $(VENV)/ready

.PHONY: system-packages test check unit quick federated wheel-check release format docs golden demo clean

test: check unit

# Everything that reads the code without running it.
check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell src tests docs benchmarks README.md CONTRIBUTING.md CHANGELOG.md Makefile

# Tests of one thread each; one more than there are cores, as some wait, and a core more than eight
# gains little.
PYTEST := $(BIN)/pytest --numprocesses $(shell expr 1 + $$(nproc)) --maxprocesses 8 --dist worksteal

unit quick: export OMP_NUM_THREADS := 1
unit quick: export OPENBLAS_NUM_THREADS := 1

unit: $(READY)
	$(PYTEST)

# Left to make test: rooms whose tests try whole commands, trainings or tools.
WHOLE := benchmarks contracts gates reproduce train

quick: $(READY)
	@echo "Slow tests, and those in tests/ of $(WHOLE), are left out: make test is the gate."
	$(PYTEST) -m "not slow" --hypothesis-profile quick $(WHOLE:%=--ignore tests/%) tests

FEDERATED := $(VENV)-federated

federated: $(FEDERATED)/ready
	OMP_NUM_THREADS=1 FLWR_TELEMETRY_ENABLED=0 $(FEDERATED)/bin/python -m pytest -p no:cacheprovider tests/train/federated

wheel-check: $(CORE)
	$(BIN)/python .ci/wheel_check.py

release: $(CORE)
	$(BIN)/python .ci/release.py

# What tests of live streams, of the store and of the console need from Debian; without it, and
# without root, they skip.
SYSTEM_PACKAGES := chromium postgresql-15 python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base \
	gstreamer1.0-plugins-good gstreamer1.0-plugins-ugly

system-packages:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
		{ apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install \
			--no-install-recommends $(SYSTEM_PACKAGES); } > /dev/null 2>&1 \
		|| echo "$(SYSTEM_PACKAGES) could not be installed: the tests that need them skip"; \
	fi

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(READY)
	@# Its theme otherwise warns of another version of MkDocs at each build.
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict
	@echo "The documentation lies in site/: open site/index.html."

golden: $(READY)
	$(BIN)/python -m passerby.cli.reference > docs/cli.md
	$(BIN)/python -m passerby.cli.network_cards > docs/cards.md
	$(BIN)/python -m passerby.cli.choices > docs/choices.md
	$(BIN)/python tests/test_public_api.py > tests/public_api.txt

# Files are compiled when they are first used, not all at once: that saves 70 MB.
INSTALL := $(BIN)/python -m pip install --no-compile --constraint constraints.txt

$(CORE): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "passerby needs Python 3.11 or newer: make PYTHON=/path/to/python3.12"; exit 1; }
	@echo "Installing passerby into $(VENV), without torch: 135 MB to fetch, 0.5 GB on disk."
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) --editable .
	touch $@

$(READY): $(CORE)
	@echo "Installing what training and tests need, torch for one: 3 GB to fetch, 6 GB on disk."
	$(INSTALL) --editable '.[dev]'
	@# Without what it asks for, which is a second OpenCV in the place of the first.
	$(INSTALL) --no-deps trackeval
	@# A store of objects for tests, whose botocore asks for an older dateutil than it needs.
	$(INSTALL) --no-deps moto boto3 botocore s3transfer jmespath responses xmltodict
	$(INSTALL) --no-deps flask flask-cors itsdangerous blinker
	touch $@

$(FEDERATED)/ready: pyproject.toml constraints-federated.txt
	@echo "Installing Flower and torch into $(FEDERATED): 3 GB to fetch, 6 GB on disk."
	$(PYTHON) -m venv $(FEDERATED)
	$(FEDERATED)/bin/python -m pip install --no-compile --constraint constraints-federated.txt --editable '.[federated]' \
		pytest pytest-timeout hypothesis
	touch $@

ifdef SITE
demo: $(CORE)
	@$(INSTALL) --quiet --editable '.[site]'
	$(BIN)/passerby demo site -o demo/site
else
demo: $(CORE)
	@test -n "$(SRC)" || test -d demo/crossing || { \
		echo "Filming people who do not exist ..."; \
		$(BIN)/passerby synth crossing --cameras 1 --seconds 8 -o demo/crossing; }
	@echo "Anonymizing ..."
	@$(BIN)/passerby anonymize $(or $(SRC),demo/crossing/camera-1.mp4) -o demo/anonymized/ \
		--report demo/report.json --self-check --overwrite
	@echo "Choosing the frames most worth a look ..."
	@$(BIN)/passerby review demo/report.json -o demo/review.png --overwrite
	@test -n "$(SRC)" || { echo "Measuring it on where the heads are in truth ..."; \
		$(BIN)/passerby evaluate coverage demo/crossing/camera-1.mp4 \
			demo/anonymized/camera-1.mp4 demo/crossing/camera-1/gt/heads.txt; }
	@echo "The anonymized copy lies in demo/anonymized/, what was done in demo/report.json,"
	@echo "and the frames most worth a look in demo/review.png."
endif

clean:
	rm -rf $(VENV) $(FEDERATED) .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis site dist
