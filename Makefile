# Needs Python 3.11 or newer and make; uses uv where it is there (UV= goes without).
# PYTHON=… names the Python to use, HOST=… and PORT=… where `make run` listens.

VENV := .venv
BIN := $(VENV)/bin
UV ?= $(shell command -v uv 2>/dev/null)
PYTHON ?=
HOST ?= $(or $(WEEKLINE_HOST),127.0.0.1)
PORT ?= $(or $(WEEKLINE_PORT),8000)

# A virtual environment knows where it stands: in a checkout that was moved it is made again.
HERE := $(shell pwd -P | cksum | cut -d ' ' -f 1)
MADE := $(VENV)/.made-$(HERE)
INSTALLED := $(VENV)/.installed
INSTALLED_DEV := $(VENV)/.installed-dev

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install install-dev run test check format-check lint types imports templates translations \
	migrations format lock benchmark wheel clean

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(INSTALLED) ## Install Weekline and what it needs into .venv

run: $(INSTALLED) ## Start with sample weeks on http://127.0.0.1:8000 (HOST=…, PORT=…)
	@WEEKLINE_HOST=$(HOST) WEEKLINE_PORT=$(PORT) exec $(BIN)/weekline serve --sample

test: $(INSTALLED_DEV) ## Run all tests
	$(BIN)/python -m pytest -n auto

check: format-check lint types imports templates translations migrations test ## Run every check, then all tests

format: $(INSTALLED_DEV) ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

format-check: $(INSTALLED_DEV)
	$(BIN)/ruff format --check .

lint: $(INSTALLED_DEV)
	$(BIN)/ruff check .

types: $(INSTALLED_DEV)
	$(BIN)/mypy

imports: $(INSTALLED_DEV)
	$(BIN)/lint-imports

templates: $(INSTALLED_DEV)
	$(BIN)/djlint templates --lint --quiet

translations: $(INSTALLED_DEV)
	$(BIN)/python -m app.web.catalogues

migrations: $(INSTALLED_DEV)
	@data=$$(mktemp -d) && trap 'rm -rf "$$data"' EXIT && export WEEKLINE_DATA_DIR="$$data" && \
	$(BIN)/weekline migrate && $(BIN)/alembic check

lock: ## Resolve the requirements anew (needs uv)
	@test -n "$(LOCKER)" || { echo "make lock needs uv: $(BIN)/python -m pip install uv"; exit 1; }
	$(LOCKER) pip compile $(LOCK_OPTIONS) -o requirements.txt pyproject.toml
	$(LOCKER) pip compile $(LOCK_OPTIONS) -c requirements.txt --extra dev -o requirements-dev.txt pyproject.toml

LOCKER = $(or $(UV),$(wildcard $(BIN)/uv))
LOCK_OPTIONS := --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock"

benchmark: $(INSTALLED_DEV) ## Measure the speed
	$(BIN)/python -m benchmarks

wheel: $(INSTALLED_DEV) ## Build the wheel into dist/
	$(BIN)/hatchling build -t wheel

clean: ## Remove what was made, but not data/
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

install-dev: $(INSTALLED_DEV) ## Install what developing needs as well

$(INSTALLED): requirements.txt pyproject.toml $(MADE)
	$(call install_locked,requirements.txt)
	@touch $@

$(INSTALLED_DEV): requirements-dev.txt pyproject.toml $(MADE)
	$(call install_locked,requirements-dev.txt)
	@touch $@ $(INSTALLED)

# $(1) is a file of locked requirements; the development one holds the other's too.
define install_locked
	@echo "Installing $(1) into $(VENV) (about half a minute the first time) …"
	@if [ -n "$(UV)" ]; then \
	  VIRTUAL_ENV=$(VENV) "$(UV)" pip install --quiet --require-hashes -r $(1) && \
	  VIRTUAL_ENV=$(VENV) "$(UV)" pip install --quiet --no-deps -e .; \
	else \
	  $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input --require-hashes -r $(1) && \
	  $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input --no-deps -e .; \
	fi
endef

# A working environment that somebody else made is kept.
$(MADE):
	@if ! ls $(VENV)/.made-* >/dev/null 2>&1 && \
	  $(BIN)/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then touch $@; exit 0; fi; \
	for python in $(PYTHON) python3.11 python3.12 python3.13 python3.14 python3 python; do \
	  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	  rm -rf $(VENV); \
	  if [ -n "$(UV)" ]; then "$(UV)" venv --quiet --seed --python "$$(command -v "$$python")" $(VENV); \
	  else "$$python" -m venv $(VENV); fi && touch $@ && exit 0; \
	  echo "$$python cannot make a virtual environment. On Debian and Ubuntu: apt install python3-venv"; \
	  exit 1; \
	done; \
	echo "Weekline needs Python 3.11 or newer, and there is none on the PATH."; \
	echo "Install one (Debian, Ubuntu: apt install python3 python3-venv; macOS: brew install python),"; \
	echo "or name one: make $(or $(MAKECMDGOALS),install) PYTHON=/path/to/python3"; \
	exit 1
