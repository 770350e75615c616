# What a developer types. Needs Python 3.11 or newer and make; everything else comes by pip.
# Paths here are relative, so that the folder's own path may hold spaces.

PYTHON ?=
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
SOURCES := pyproject.toml constraints.txt
JOBS ?= auto
PYTEST := $(BIN)/python -m pytest -n $(JOBS)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:

.PHONY: help
help: ## List these targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name what; do \
		printf '  make %-12s %s\n' "$$name" "$$what"; done

.PHONY: demo
demo: $(VENV)/.run ## Index the bundled fixtures, check one and write an HTML report
	@$(BIN)/python -m tracer demo --output demo-output

.PHONY: test
test: $(VENV)/.dev ## Run the tests
	@$(PYTEST) $(ARGS)

.PHONY: test-slow
test-slow: $(VENV)/.dev ## Run all tests, also the slow ones
	@$(PYTEST) -m "slow or not slow" $(ARGS)

.PHONY: lint
lint: $(VENV)/.dev ## Check style, types and the direction of imports
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports

.PHONY: fix
fix: $(VENV)/.dev ## Format, and repair what ruff can repair
	$(BIN)/python -m ruff check --fix .
	$(BIN)/python -m ruff format .

.PHONY: bench
bench: $(VENV)/.bench ## Measure accuracy and speed (ARGS="--help" lists what it can do)
	@$(BIN)/python -m tests.benchmarks $(ARGS)

.PHONY: fixtures
fixtures: $(VENV)/.dev ## Build the fixtures again from their sources
	@$(BIN)/python fixtures/build.py $(ARGS)

.PHONY: readme
readme: $(VENV)/.dev ## Put what the README's commands print today into the README
	@$(BIN)/python -m pytest -m "slow or not slow" --update-readme tests/test_docs.py

.PHONY: picture
picture: $(VENV)/.dev ## Take the README's picture of a report again (needs Chromium)
	@$(BIN)/python docs/make_picture.py

.PHONY: constraints
constraints: ## Resolve constraints.txt again in an environment of its own
	@$(MAKE) --no-print-directory VENV=.venv-constraints .venv-constraints/bin/python
	@.venv-constraints/bin/python -m pip --disable-pip-version-check --quiet install --upgrade ".[dev,bench]"
	@{ sed -n '/^#/p' constraints.txt; \
	   .venv-constraints/bin/python -m pip --disable-pip-version-check freeze --exclude video-tracer; \
	 } > constraints.new && mv constraints.new constraints.txt
	@rm -rf .venv-constraints

.PHONY: clean
clean: ## Remove the environment, caches and what the demo wrote
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist demo-output
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- the environment: made once, brought up to date when the lists of packages change ----------

$(BIN)/python:
	@set -e; found=""; \
	for python in $(if $(PYTHON),"$(PYTHON)",python3 python3.14 python3.13 python3.12 python3.11 python); do \
		if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
		then found="$$python"; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo "make: no Python 3.11 or newer with its venv module was found; install one" \
			"(Debian, Ubuntu: python3 and python3-venv) or name one: make PYTHON=/path/to/python3" >&2; \
		exit 1; \
	fi; \
	echo "Making $(VENV) with $$("$$found" --version)"; "$$found" -m venv $(VENV)

$(VENV)/.run: $(SOURCES) | $(BIN)/python
	@echo "Installing tracer (about 900 MB; once)"
	@$(PIP) install --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.dev: $(SOURCES) | $(BIN)/python
	@echo "Installing tracer and its developers' tools (once)"
	@$(PIP) install --constraint constraints.txt --editable ".[dev]"
	@touch $@ $(VENV)/.run

$(VENV)/.bench: $(SOURCES) | $(BIN)/python
	@echo "Installing tracer and what it is measured against (once)"
	@$(PIP) install --constraint constraints.txt --editable ".[dev,bench]"
	@touch $@ $(VENV)/.dev $(VENV)/.run
