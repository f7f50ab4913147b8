# Everything a person or CI runs: `make demo` shows the product, `make test` proves it.
.DEFAULT_GOAL := help
.PHONY: help setup demo run models test lint bench calibrate lock samples clean

PYTHON ?= $(firstword $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p; done))
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check install --quiet --no-deps --require-hashes
PYTEST ?= $(PY) -m pytest

# Every process of ours would otherwise compile all of it again: the tests alone start a hundred.
unexport PYTHONDONTWRITEBYTECODE

help:
	@echo "make demo    a made-up county with sample scans, on this machine, at a printed address"
	@echo "make run     the same program with an empty county"
	@echo "make test    lint and all tests this machine allows"
	@echo "make lint    style, types, import contracts"
	@echo "make bench   accuracy and speed of the reader, speed of the pages"
	@echo "make calibrate  refit the reader's confidences to what the clerks decided"
	@echo "make models  fetch PaddleOCR's larger models (needs the internet)"
	@echo "make lock    renew the lock files from requirements*.in"
	@echo "make samples make sample_scans/ again (needs the fonts named in tests/press)"

setup: $(VENV)/.runtime

# --no-deps, because the lock files name every package and pip would refuse the overridden pins.
$(VENV)/.runtime: requirements.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed"; exit 1; }
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@echo "installing the locked packages (once, a minute or two)"
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.runtime
	@$(PIP) -r requirements-dev.txt
	@touch $@

demo: setup
	@$(PY) -m service demo

run: setup
	@$(PY) -m service run

calibrate: setup
	@$(PY) -m service calibrate

models: setup
	@$(PY) -m ocr.models

test: $(VENV)/.dev lint
	@$(PYTEST) -n 2 --dist loadfile --no-loadscope-reorder

lint: $(VENV)/.dev
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports --no-logo

bench: $(VENV)/.dev
	@$(PY) -m tests.bench

# Versions and hashes only: no download address ever enters a lock file.
UV := $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header
lock: $(VENV)/.dev
	@$(PY) -m pip --disable-pip-version-check install --quiet uv
	@$(UV) --override requirements.overrides requirements.in -o requirements.txt
	@$(UV) --override requirements-dev.overrides requirements-dev.in -o requirements-dev.txt

samples: $(VENV)/.dev
	@$(PY) -m tests.press samples

clean:
	rm -rf build .pytest_cache .mypy_cache .ruff_cache .hypothesis
