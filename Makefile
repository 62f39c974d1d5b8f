# Every target needs only make and Python 3.11 or newer.
PYTHON ?= python3
VENV ?= .venv
INPUT ?= input
OUTPUT ?= dist
# The number of processes for tests: auto is one more than there are cores, 0 runs them in one process.
JOBS ?= auto
# Options of the speed benchmark: see benchmarks/performance.py.
BENCH ?=

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help decks test lint bench audit-deps clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

decks: $(VENV)/.runs ## Build the decks: input/ -> dist/
	$(BIN)/qt2anki build $(INPUT) --out $(OUTPUT) $(if $(wildcard $(INPUT)/corrections),--corrections $(INPUT)/corrections) $(if $(wildcard $(OUTPUT)/*.apkg),,--first-release)

test: lint ## Run all checks: style, types, import order, wording, tests with coverage
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal --cov --cov-report=term

lint: $(VENV)/.develops ## Run all checks except the tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/check_words.py

bench: $(VENV)/.develops ## Measure speed and memory; BENCH="--pages 36000" for another size
	$(BIN)/python -m benchmarks.performance $(BENCH)

audit-deps: $(VENV)/.pip ## Report known vulnerabilities in the pinned releases
	-@$(PIP) install pip-audit
	$(BIN)/python scripts/audit_deps.py

clean: ## Remove the environment and caches, but not the packages
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache .coverage .coverage.* build $(OUTPUT)/.qt2anki-cache
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

# An empty file in the environment says what is installed; it is older than a changed requirement.
# --group needs pip 25.1.
$(VENV)/.pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "qt2anki needs Python 3.11 or newer; name one: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "This Python cannot make environments. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --upgrade 'pip>=25.1'
	@touch $@

# If no bytecode is written (PYTHONDONTWRITEBYTECODE), the program would be compiled at each start.
COMPILE := $(BIN)/python -m compileall -q src

$(VENV)/.runs: $(VENV)/.pip pyproject.toml constraints.txt
	$(PIP) install -c constraints.txt -e .
	@$(COMPILE)
	@touch $@

$(VENV)/.develops: $(VENV)/.pip pyproject.toml constraints.txt
	$(PIP) install -c constraints.txt -e '.[all]' --group dev
	@$(COMPILE)
	@touch $@ $(VENV)/.runs
