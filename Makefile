# `make` lists the targets. Another Python: make PYTHON=python3.12 derive

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python -m
# A file of tests runs in one process, so that what its tests share is made once.
PYTEST := $(RUN) pytest -q -n auto --dist loadfile
PIP := $(RUN) pip --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help derive all proofs test test-slow test-all lint check format clean distclean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' $(MAKEFILE_LIST) | expand -t 12

derive: $(VENV)/installed-cli ## write the proofs and kernels to output/
	@$(RUN) derive build

all: $(VENV)/installed-cli ## the same for the whole catalogue
	@$(RUN) derive build $$($(VENV)/bin/python -c 'import derive; print(*derive.catalogue())')

proofs: $(VENV)/installed-cli ## have Coq check every proof, and keep on record what it accepts
	@$(RUN) derive verify --formal --record

test: $(VENV)/installed-test ## the quick tests: minutes, by the number of cores
	@$(PYTEST) -m 'not slow'

test-slow: $(VENV)/installed-test ## the tests that `make test` leaves out
	@$(PYTEST) -m slow

test-all: test test-slow ## all tests

lint: $(VENV)/installed-dev ## format, lint, types and layers
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	$(RUN) mypy
	$(VENV)/bin/lint-imports

check: lint test-all ## format, lint, types, layers and all tests

format: $(VENV)/installed-dev ## put the code into its usual form
	$(RUN) ruff check --fix-only .
	$(RUN) ruff format .

clean: ## remove what was written, built or cached
	@find output -mindepth 1 ! -path output/.gitkeep -delete
	@rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find derive tests benchmarks -type d -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

distclean: clean ## and the virtual environment
	@rm -rf $(VENV)

# One stamp for each set of packages: pip runs again only when pyproject.toml changes.

$(addprefix $(VENV)/installed-,cli test dev): $(VENV)/installed-%: $(VENV)/pyvenv.cfg pyproject.toml
	@echo "installing into $(VENV) ($*) ..."
	@$(PIP) install --editable '.[$*]'
	@touch $@

$(VENV)/pyvenv.cfg:
	@command -v $(PYTHON) >/dev/null || { \
	  echo 'There is no $(PYTHON): install Python 3.11 or newer (Debian: apt install python3 python3-venv), or name yours with make PYTHON=...' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo '$(PYTHON) is older than Python 3.11: install 3.11 or newer, or name one you have, as in make PYTHON=python3.12' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo '$(PYTHON) cannot make a virtual environment: install its venv package (Debian and Ubuntu: apt install python3-venv)' >&2; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }
