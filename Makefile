# Lintan: everything a developer or an operator types. Needs Python 3.11 or newer with pip, and make; each target sets
# up what it needs first, and a second call finds that done.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
LINTAN_HOME ?= ./var
BASE_URL ?= http://$(HOST):$(PORT)
# Arguments for pytest: `make test PYTEST=tests/ledger` runs one room in one process.
PYTEST ?= -n 2 --dist loadgroup
export HOST PORT LINTAN_HOME

VENV := .venv
BIN := $(VENV)/bin
# Stamps live in the environment, so that deleting it forgets them too.
INSTALLED := $(VENV)/.installed
INSTALLED_VERIFIER := $(VENV)/.installed-verifier
INSTALLED_DEV := $(VENV)/.installed-dev
NODE_MODULES := tests/node/node_modules/.package-lock.json
AXE := $(VENV)/axe/package/axe.min.js
PIP_INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard app/translations/*/LC_MESSAGES/messages.po))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run demo test test-browser test-node torture fuzz bench check openapi messages pins clean

help: ## List the targets.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12
	@echo 'Settings: HOST=$(HOST) PORT=$(PORT) LINTAN_HOME=$(LINTAN_HOME) BASE_URL=$(BASE_URL); every LINTAN_* setting stands in config.py.'

run: $(INSTALLED) $(CATALOGUES) ## Set the database up, found the demo city in an empty one, and serve on HOST:PORT.
	@LINTAN_LOG_LEVEL=$${LINTAN_LOG_LEVEL:-WARNING} $(BIN)/flask --app wsgi setup
	@if [ "$${LINTAN_ENV:-demo}" = demo ]; then $(BIN)/flask --app wsgi demo sign-ins; fi
	@echo "Lintan serves on http://$(HOST):$(PORT)"
	@exec $(BIN)/gunicorn -c gunicorn.conf.py wsgi:app

demo: $(INSTALLED) $(INSTALLED_VERIFIER) ## Walk the main journey over HTTP against the running server (BASE_URL), one line a step.
	@$(BIN)/flask --app wsgi demo journey --base-url $(BASE_URL)

test: $(INSTALLED_DEV) $(CATALOGUES) ## Run the whole suite on SQLite and PostgreSQL; PYTEST holds more arguments.
	@$(BIN)/python -m pytest $(PYTEST)

# The driver and axe-core come from their registries, Chromium from the machine (LINTAN_CHROMIUM names another one).
test-browser: $(INSTALLED_DEV) $(CATALOGUES) $(AXE) ## Try the pages in Chromium: by keys, without a script, with axe. Needs chromium, npm.
	@$(PIP_INSTALL) --require-hashes -r requirements-browser.txt
	@LINTAN_AXE=$(AXE) $(BIN)/python -m pytest tests/browser $(PYTEST)

test-node: $(INSTALLED_DEV) $(CATALOGUES) $(NODE_MODULES) ## Check certificates by JavaScript software of others. Needs Node.js 20, npm.
	@LINTAN_NODE=1 $(BIN)/python -m pytest tests/node $(PYTEST)

torture: $(INSTALLED_DEV) $(CATALOGUES) ## The long runs: the ledger against its model, 20 kills of worker and sequencer.
	@LINTAN_TORTURE=1 $(BIN)/python -m pytest tests/ledger tests/foundation/test_kill.py tests/notices/test_kill.py tests/transparency/test_kill.py $(PYTEST)

fuzz: $(INSTALLED_DEV) $(CATALOGUES) ## A hundred generated requests an operation and role, against the document.
	@LINTAN_FUZZ=100 $(BIN)/python -m pytest tests/journeys/test_contract.py $(PYTEST)

bench: $(INSTALLED_DEV) $(CATALOGUES) ## Print ratios: the ledger and issuing against bare SQL, requests against an empty route.
	@$(BIN)/python -W ignore -m bench.run

# All of them run, so that one call shows everything there is to mend. (The PostgreSQL of the wheel looks for a run-time
# folder that a container has not got, and then makes its own; hence -W.)
check: $(INSTALLED_DEV) $(CATALOGUES) ## Lint, types, staircase, catalogue, OpenAPI rules, messages, security.
	@status=0; \
	$(BIN)/ruff check . || status=1; \
	$(BIN)/ruff format --check . || status=1; \
	$(BIN)/mypy app checks verifier || status=1; \
	$(BIN)/lint-imports --no-logo || status=1; \
	$(BIN)/bandit --quiet --recursive app --configfile pyproject.toml || status=1; \
	$(BIN)/python -m checks.words || status=1; \
	$(BIN)/python -m checks.messages || status=1; \
	$(BIN)/python -m checks.openapi || status=1; \
	$(BIN)/python -W 'ignore:XDG_RUNTIME_DIR is not set' -m checks.catalogue || status=1; \
	exit $$status

openapi: $(INSTALLED_DEV) $(CATALOGUES) ## Write docs/openapi.json anew from the routes and schemas.
	@$(BIN)/python -m checks.openapi --write

messages: $(INSTALLED_DEV) ## Bring the Chinese catalogue up to date with the texts in app/.
	@$(BIN)/python -m checks.messages --write

# uv only compiles; installing is pip's. Neither an index address nor the command line may enter the files.
pins: $(BIN)/python ## Compile requirements*.in into requirements*.txt with hashes.
	@$(PIP_INSTALL) uv
	@for set in requirements requirements-verifier requirements-dev requirements-browser requirements-sms-tencent; do \
		$(BIN)/uv pip compile --quiet --generate-hashes --python-version 3.11 --no-header --no-emit-index-url \
			--output-file $$set.txt $$set.in || exit 1; \
	done

clean: ## Remove the environment, caches and compiled catalogues; the data in LINTAN_HOME stays.
	@rm -rf $(VENV) tests/node/node_modules .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache $(CATALOGUES)
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'Lintan needs Python 3.11 or newer, and $(PYTHON) is older or missing. Try: make PYTHON=python3.11 ...' >&2; exit 1; }
	@# Debian's python3 comes without ensurepip; the pip beside it then fills the new environment.
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || \
		{ $(PYTHON) -m venv --clear --without-pip $(VENV) && $(PYTHON) -m pip --quiet --python $(BIN)/python install pip; } || \
		{ rm -rf $(VENV); echo 'No environment could be made in $(VENV): neither venv nor pip of $(PYTHON) works.' >&2; exit 1; }

$(INSTALLED): requirements.txt | $(BIN)/python
	@echo 'Installing what Lintan runs on ...'
	@$(PIP_INSTALL) --require-hashes -r requirements.txt
	@touch $@

$(INSTALLED_VERIFIER): requirements-verifier.txt | $(BIN)/python
	@echo 'Installing what checks a certificate ...'
	@$(PIP_INSTALL) --require-hashes -r requirements-verifier.txt
	@touch $@

$(INSTALLED_DEV): requirements-dev.txt $(INSTALLED)
	@echo 'Installing what the tests and checks need ...'
	@$(PIP_INSTALL) --require-hashes -r requirements-dev.txt
	@touch $@

$(NODE_MODULES): tests/node/package-lock.json
	@cd tests/node && npm ci --silent --no-audit --no-fund
	@touch $@

$(AXE): | $(BIN)/python
	@mkdir -p $(VENV)/axe
	@cd $(VENV)/axe && npm pack --silent axe-core@4.14.1 >/dev/null && tar -xzf axe-core-4.14.1.tgz

%.mo: %.po | $(INSTALLED)
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@
