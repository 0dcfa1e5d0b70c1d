# One door. `make demo` shows the product, `make test` and `make check` hold it; the rest is below.
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3)
BIN := .venv/bin
PORT ?= 8000
SIMULATOR_PORT ?= 8100

.PHONY: help install run demo demo-next-month test test-browser test-services check bench chaos services
help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

install: .venv/.installed ## a .venv with everything locked

.venv/.installed: requirements.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python requirements.lock
	@touch $@

run: install ## migrate, load the rule book, serve on PORT
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py load_rulebook
	@$(BIN)/python manage.py serve --port $(PORT)

DEMO := AGENTSYNC_ENV=demo AGENTSYNC_VAR=var/demo CLOCK_OFFSET_FILE=var/demo/clock-offset TIME_ZONE=UTC \
  NIPR_URL_TEMPLATE=http://127.0.0.1:$(SIMULATOR_PORT) NIPR_USERNAME=simulator NIPR_PASSWORD=simulator

demo: install ## believable data over the simulated registry, then serve on PORT
	@$(DEMO) $(BIN)/python manage.py migrate --verbosity 0
	@$(DEMO) $(BIN)/python manage.py load_rulebook
	@$(DEMO) $(BIN)/python manage.py demo --port $(PORT) --simulator $(SIMULATOR_PORT)

demo-next-month: install ## move the demo's clock 30 days and run the nightly sync
	@$(DEMO) $(BIN)/python manage.py demo_next_month

test: install ## everything that needs no other server
	@$(BIN)/python -m pytest -m "not browser and not postgres" -q -n 2 --dist loadfile

test-browser: install ## the pages in a real Chromium
	@$(BIN)/python -m pytest -m browser -q

test-services: install services ## the whole suite on PostgreSQL and Redis with a real worker
	@DATABASE_URL=postgres://postgres@127.0.0.1:5432/agentsync REDIS_URL=redis://127.0.0.1:6379/0 \
	  $(BIN)/python -m pytest -m "not browser" -q -n 2 --dist loadfile

check: install ## style, types, directions, migrations, templates, production settings
	@./.ci/check

bench: install services ## figures on both databases
	@$(BIN)/python -m benchmarks

chaos: install ## 1,000 kills of senders under load, on both databases and brokers, and the controls that must fail
	@$(BIN)/python -m tests.chaos all

services: ## start PostgreSQL and Redis from Debian packages when they do not run
	@./.ci/services
