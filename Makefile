# Two commands do all set-up: `make run` and `make test`. See README.md.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Byte code is compiled at installation; a start without it takes seconds longer.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help run refresh sources test test-long check bench shots lock clean

help: ## List the commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/.run: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed, this is " + sys.version) if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the locked packages (about a minute) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.test: requirements-test.lock $(VENV)/.run
	@echo "Installing the locked test packages ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.lock
	@touch $@

run: $(VENV)/.run ## Install, load what is due, start the web server and the scheduler, print the address
	@# 1 says that a file was refused: the others are loaded, and the screen says what is late.
	@$(BIN)/python -m data.refresh || test $$? -eq 1
	@exec $(BIN)/python -m deploy.run

refresh: $(VENV)/.run ## Load what is due into the warehouse
	@$(BIN)/python -m data.refresh

sources: $(VENV)/.run ## Print the data catalogue: every source, its last run, the next one, what is late
	@# 1 says that a source is late, which stands in the list.
	@$(BIN)/python -m data.source_status || test $$? -eq 1

test: $(VENV)/.test ## Install what the tests need (browser, fonts, PostgreSQL when root) and run them
	@$(BIN)/python tests/system_packages.py
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

test-long: $(VENV)/.test ## The soak of the wall and the long chaos test
	@$(BIN)/python tests/system_packages.py
	@$(BIN)/python -m pytest -m long $(PYTEST_ARGS)

check: $(VENV)/.test ## Linters, types and import walls
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.test ## Benchmarks: ratios measured in one run
	@$(BIN)/python -m benchmarks

shots: $(VENV)/.test ## Screenshots of every screen, size, theme and language into var/shots
	@$(BIN)/python -m tests.screenshots

lock: ## Lock the dependencies anew (needs uv on the PATH)
	uv pip compile --quiet pyproject.toml --generate-hashes --no-header --no-annotate --universal --python-version 3.11 -o requirements.lock
	uv pip compile --quiet pyproject.toml --extra test --extra assets --generate-hashes --no-header --no-annotate --universal --python-version 3.11 -c requirements.lock -o requirements-test.lock

clean: ## Remove the environment and everything made at run time
	rm -rf $(VENV) var
