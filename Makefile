# Holdfast. `make` alone lists what can be done.
.DEFAULT_GOAL := help
SHELL := /bin/sh
.DELETE_ON_ERROR:

# Any Python from 3.11 on; PYTHON=… names another one.
ifndef PYTHON
PYTHON := $(shell for p in python3.13 python3.12 python3.11 python3; do $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; break; }; done)
endif
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
WORKERS ?= 2
SEED ?= 1
DEBIAN_POSTGRES := /usr/lib/postgresql/15/bin
LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11

.PHONY: help demo demo-reset demo-tour test check bench world rules contract contract-clean lock docs setup develop clean format

help: ## List what can be done
	@echo "Holdfast: resource booking that stays in step with Microsoft 365"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: setup ## Start Holdfast and a simulated Microsoft 365 with a sample company (Ctrl-C stops both)
	@$(BIN)/holdfast demo

demo-reset: setup ## Forget the demonstration's data and keys
	@$(BIN)/holdfast demo-reset --yes

demo-tour: setup ## The same as demo, then the main job by itself, with timings; exit 0 only at 0 differences
	@$(BIN)/holdfast demo-tour

test: develop ## All tests on the embedded PostgreSQL 18, the database tests once more on PostgreSQL 15
	@failed=0; \
	$(BIN)/python -m pytest -n $(WORKERS) || failed=$$?; \
	if [ -x $(DEBIAN_POSTGRES)/postgres ]; then \
		echo "Once more on $$($(DEBIAN_POSTGRES)/postgres --version): the database tests"; \
		HOLDFAST_TEST_POSTGRES=$(DEBIAN_POSTGRES) $(BIN)/python -m pytest -n $(WORKERS) -m database || failed=$$?; \
	else \
		echo "No PostgreSQL 15 in $(DEBIAN_POSTGRES): the database tests ran on the embedded server only"; \
	fi; \
	exit $$failed

check: develop ## Formatting, lint, types, layers, tidiness
	@failed=0; \
	for step in "ruff format --check" "ruff check" "lint-imports"; do \
		echo "$$step"; $(BIN)/$$step || failed=1; \
	done; \
	echo "pyright"; $(BIN)/python tools/browser_parts.py --run pyright --pythonpath $(BIN)/python || failed=1; \
	echo "tidy"; $(BIN)/python -m pytest tests/test_tidy.py || failed=1; \
	[ $$failed = 0 ] && echo "check: all in order" || echo "check: see above"; \
	exit $$failed

format: develop ## Let ruff format and mend what it can
	@$(BIN)/ruff check --fix-only; $(BIN)/ruff format

bench: develop ## Measure beside vdirsyncer and by ourselves; figures go to bench/
	@$(BIN)/python -m bench

world: develop ## One seed of the simulated world: make world SEED=7 [STEPS=200]
	@$(BIN)/python -m tests.world $(SEED) $(STEPS)

rules: develop ## Which rules of the systems before us hold here, read from the tests' numbers
	@$(BIN)/python tools/rules.py

# `make contract` asks sim365 (as `make test` does); with TENANT=… MAILBOXES=file it asks a real tenant, after a question.
# The secret comes from the environment or a file (docs/operate/contract.md), never from this line.
contract: develop ## The contract suite against sim365, or a tenant: TENANT=… MAILBOXES=file
	@if [ -n "$(TENANT)" ]; then \
		$(BIN)/sim365 contract --tenant "$(TENANT)" $(if $(MAILBOXES),--mailboxes "$(MAILBOXES)") $(if $(WEBHOOK),--webhook "$(WEBHOOK)"); \
	else \
		$(BIN)/python -m pytest tests/contract -n $(WORKERS); \
	fi

contract-clean: develop ## Remove what a stopped run left in a tenant: TENANT=… MAILBOXES=file
	@$(BIN)/sim365 contract-clean --tenant "$(TENANT)" $(if $(MAILBOXES),--mailboxes "$(MAILBOXES)") $(if $(RUN),--run "$(RUN)")

docs: develop ## Write the generated reference pages anew
	@$(BIN)/python -m tools.reference

lock: develop ## Write the lock files anew
	@for name in build runtime bench; do $(LOCK) --upgrade -o requirements/$$name.txt requirements/$$name.in; done
	@$(LOCK) --upgrade -c requirements/runtime.txt -o requirements/dev.txt requirements/dev.in
	@$(LOCK) --upgrade -c requirements/dev.txt -o requirements/compat.txt requirements/compat.in
	@$(BIN)/python tools/browser_parts.py --run npm update --package-lock-only

setup: $(VENV)/.ready ## Make the Python environment and fetch what the browser needs (once)

develop: $(VENV)/.ready-to-develop

$(VENV)/bin/python:
	@[ -n "$(PYTHON)" ] || { echo "Holdfast needs Python 3.11 or later with venv: install it, or name one with PYTHON=…"; exit 1; }
	@echo "Making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing (Debian: apt-get install python3-venv)"; rm -rf $(VENV); exit 1; }

$(VENV)/.ready: requirements/runtime.txt requirements/build.txt package-lock.json pyproject.toml | $(VENV)/bin/python
	@echo "Downloading Python packages by requirements/runtime.txt (about 170 MB once: among them PostgreSQL and Node)"
	@$(INSTALL) -r requirements/build.txt -r requirements/runtime.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python tools/browser_parts.py
	@touch $@

$(VENV)/.ready-to-develop: requirements/dev.txt requirements/compat.txt $(VENV)/.ready
	@echo "Downloading development tools by requirements/dev.txt (about 60 MB once)"
	@$(INSTALL) -r requirements/dev.txt
	@echo "Downloading clients of Microsoft Graph for tests/compat by requirements/compat.txt (about 40 MB once, 400 MB unpacked)"
	@$(INSTALL) -r requirements/compat.txt
	@touch $@

clean: ## Forget the Python environment, packages and caches (the data in .holdfast stays)
	@rm -rf $(VENV) node_modules .pytest_cache .ruff_cache .import_linter_cache
