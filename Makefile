# Everything a newcomer types. Each target first makes what it needs; a warm start costs a fraction of a second.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
PYTHON ?= python3
WORKERS ?= 2
SIZES ?= 10k,100k
export PYTHONPATH := src
unexport PYTHONDONTWRITEBYTECODE
venv := .venv/bin/python
pytest := $(venv) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

.PHONY: help run test check lint soak bench trace messages demo lock packages-run packages-test

help: ## list the targets
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

run: packages-run ## serve http://127.0.0.1:8000 until Ctrl-C; data in .kefu
	@./kefu serve

test: packages-test ## run the whole suite; ARGS= goes to pytest
	@$(pytest) $(ARGS)

check: packages-test ## all static checks with their times, then the whole suite
	@$(venv) scripts/check.py -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS) $(if $(STATUS),|| echo $$? > "$(STATUS)")

lint: packages-test ## format, lint, types, import contracts
	@$(venv) scripts/check.py lint

soak: packages-test ## the long tests: storms, kills, fuzzing
	@$(venv) -m pytest -m soak $(ARGS)

bench: packages-test ## measure against the database's own limits; SIZES=10k,100k,1m, ARGS=--reuse
	@$(venv) -m bench.run --sizes $(SIZES) $(ARGS)

trace: packages-test ## which requirements the tests of the last full run prove; writes build/trace.json
	@[ -f build/proofs.json ] || $(pytest)
	@$(venv) scripts/trace.py

messages: packages-test ## collect the texts and compile the English catalogues
	@$(venv) scripts/messages.py update

demo: packages-run ## fill an empty installation with a year of 2,000 customers; ARGS='--customers 200'
	@./kefu demo $(ARGS)

lock: packages-test ## renew the pinned requirements; ARGS=--upgrade takes newer ones
	@$(PYTHON) scripts/lock.py $(ARGS)

packages-run:
	@command -v $(PYTHON) >/dev/null || { echo "kefu: Python 3.11 or newer is needed; run: apt-get install python3 python3-venv" >&2; exit 3; }
	@$(PYTHON) scripts/system_packages.py run
	@$(PYTHON) scripts/environment.py run

packages-test:
	@command -v $(PYTHON) >/dev/null || { echo "kefu: Python 3.11 or newer is needed; run: apt-get install python3 python3-venv" >&2; exit 3; }
	@$(PYTHON) scripts/system_packages.py test
	@$(PYTHON) scripts/environment.py dev
