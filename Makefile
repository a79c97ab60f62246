# Clearway. `make up` starts everything; `make test` checks everything; `make help` lists the rest.
PYTHON ?= python3
VENV   := .venv
PY     := $(VENV)/bin/python
PORT   ?= 8000
ARGS   ?=

# Every start and every test starts several processes: each would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help up test lint fix assets docs screenshots bench soak lock messages

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /\1\t/' | expand -t 12

up: $(VENV)/.runtime  ## start Clearway with everything it needs on http://127.0.0.1:8000 (PORT=8001 for another port)
	@exec $(PY) manage.py up --port $(PORT) $(ARGS)

test: $(VENV)/.dev  ## lint, then the whole test suite, on every database and broker that the environment names
	@$(PY) -m tools.run_tests $(ARGS)

lint: $(VENV)/.dev  ## ruff, strict mypy, floors and rooms
	@$(PY) -m tools.lint

fix: $(VENV)/.dev  ## mend what ruff can mend
	@$(VENV)/bin/ruff check --fix . ; $(VENV)/bin/ruff format .

assets:  ## rebuild static/vendor with npm (maintainers only; users never need Node)
	@$(PYTHON) tools/vendor_frontend.py

docs: $(VENV)/.dev  ## write docs/reference from the code
	@$(PY) -m tools.reference

screenshots: $(VENV)/.dev  ## pictures of every page in both languages and themes, into docs/screenshots (ARGS="home run")
	@$(PY) tools/screenshots.py $(ARGS)

bench: $(VENV)/.dev  ## measure beside other engines (ARGS="w1 --peers none --repeat 3"); never part of the tests
	@$(PY) -m bench.run $(ARGS)

soak: $(VENV)/.dev  ## the simulations for hours (ARGS="--core 1000000 --engine 20000"): histories, faults, violations
	@$(PY) -m tools.soak $(ARGS)

messages: $(VENV)/.dev  ## compile the translations and say what is missing
	@$(PY) tools/messages.py --compile

lock: $(VENV)/.dev  ## renew the pinned lock files after a change of pyproject.toml
	@$(PY) -m tools.lock

$(VENV)/bin/python:
	@$(PYTHON) tools/make_venv.py $(VENV)

$(VENV)/.runtime: requirements/runtime.txt | $(VENV)/bin/python
	@echo "Installing what Clearway needs ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --require-hashes -r $<
	@$(PY) tools/link_checkout.py
	@touch $@

$(VENV)/.dev: requirements/dev.txt | $(VENV)/bin/python
	@echo "Installing what the tests need ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --require-hashes -r $<
	@$(PY) tools/link_checkout.py
	@touch $@ $(VENV)/.runtime
