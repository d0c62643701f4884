# Everything a newcomer needs: `make run` and `make test`. PORT and DESKHAND_HOME are honoured.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
# The tests start the desk hundreds of times; what it imports is compiled once, whatever the machine's habit.
export PYTHONDONTWRITEBYTECODE =

.PHONY: run chat studio test test-slow test-systems test-rt matrix kill hostile readme bench evals lock clean
.DEFAULT_GOAL := run

.venv/run.stamp: requirements.lock pyproject.toml
	@echo "Installing what Deskhand stands on (about a minute, once) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(PIP) install --quiet --require-hashes --only-binary :all: -r requirements.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation --no-index -e .
	@touch $@

# forbiddenfruit, which Studio's server needs, is published as source only.
.venv/dev.stamp: requirements-dev.lock .venv/run.stamp
	@echo "Installing what the tests need ..."
	@$(PIP) install --quiet --require-hashes --only-binary :all: --no-binary forbiddenfruit -r requirements-dev.lock
	@touch $@

run: .venv/run.stamp
	@exec $(BIN)/deskhand run

chat: .venv/run.stamp
	@exec $(BIN)/deskhand chat

studio: .venv/dev.stamp
	@exec $(BIN)/deskhand studio

test: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -m "not slow" -n 3 --dist loadfile --no-loadscope-reorder

# What takes minutes of its own: the pages' walkthroughs by started processes, the browser agent in a real browser, races,
# and each fault on each write workflow.
test-slow: .venv/dev.stamp
	$(BIN)/pytest -m slow --ignore tests/cases/matrix/test_kills.py -n 3 --dist worksteal

# Real systems of others on loopback; installing and seeding them takes minutes, once.
test-systems: .venv/dev.stamp
	$(BIN)/python -m tests.systems
	$(BIN)/pytest tests/systems

# One more, where it is installed: Request Tracker, from Debian's packages (CONTRIBUTING.md names them).
test-rt: .venv/dev.stamp
	$(BIN)/pytest tests/rt

# Whatever tries to break the guarantees, all of it: N kills at any moment, every kill point, fault and race. Desks that
# are killed are many themselves; systems that fail are mostly waited for.
matrix: N ?= 100
matrix: .venv/dev.stamp
	DESKHAND_KILLS=$(N) $(BIN)/pytest tests/cases/matrix/test_kills.py
	DESKHAND_KILLS=$(N) $(BIN)/pytest tests/cases/matrix --ignore tests/cases/matrix/test_kills.py -n 4 --dist worksteal

kill: N ?= 1000
kill: .venv/dev.stamp
	DESKHAND_KILLS=$(N) $(BIN)/pytest tests/cases/matrix/test_kills.py -s

# N conversations with each attacker behind an endpoint, and their figures.
hostile: N ?= 100
hostile: .venv/dev.stamp
	DESKHAND_REWRITE=1 DESKHAND_HOSTILE_CASES=$(N) $(BIN)/pytest tests/cases/test_hostile.py -k behind_an_endpoint

readme: .venv/dev.stamp
	DESKHAND_REWRITE=1 $(BIN)/pytest tests/docs

bench: .venv/dev.stamp
	@exec $(BIN)/deskhand bench

# Every suite on the data sets in the folder that DESKHAND_DATA names; a quarter of an hour on two cores.
evals: .venv/dev.stamp
	@exec $(BIN)/deskhand eval all --page docs/evals.md

# Names exact versions and hashes, and no index: they are looked up wherever the installing machine is told to look.
lock: .venv/dev.stamp
	@$(PIP) install --quiet --only-binary :all: uv
	$(BIN)/uv pip compile pyproject.toml -q --universal --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  --python-version 3.11 --extra build --extra dev --only-binary :all: --no-binary forbiddenfruit -o requirements-dev.lock
	$(BIN)/uv pip compile pyproject.toml -q --universal --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  --python-version 3.11 --extra build --only-binary :all: -c requirements-dev.lock -o requirements.lock
	for system in pretix helpdesk; do $(BIN)/uv pip compile tests/systems/$$system.in -q --universal --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate --python-version 3.11 --only-binary :all: --no-binary django-jquery-js \
	  -o tests/systems/$$system.lock || exit 1; done

clean:
	rm -rf .venv build *.egg-info
