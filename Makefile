# Needs make and Python 3.11 or newer, nothing else. "make run" and "make test" set up what they need in .venv.

export KLYNGESIM_PYTHON
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# One thread per process: several of them on a few processors are not to be slowed by idle threads of libraries.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
export MPLBACKEND := Agg

VENV ?= .venv
BIN := $(VENV)/bin
RUNS := $(VENV)/.klyngesim-runs
TESTS := $(VENV)/.klyngesim-tests
OUT ?= runs/baseline-$(shell date +%Y%m%d-%H%M%S)
ADVICE ?= runs/advice-$(shell date +%Y%m%d-%H%M%S)
WORKERS ?= 2
DRAWN := build/drawn

.PHONY: help install run quick test test-slow test-browser mutants lint site bench docs advice explore lock clean
.DEFAULT_GOAL := help

help:  ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | awk -F'|' '{printf "  make %-12s %s\n", $$1, $$2}'

install: $(TESTS)  ## set up .venv with everything that development needs

# An environment that no longer starts (moved, or its Python removed) is made anew; an intact one is kept.
$(RUNS): pyproject.toml requirements/run.lock
	@if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
	    found=$$(sh .ci/pythons) || exit 1; \
	    python=$$(printf '%s\n' "$$found" | head -n 1 | cut -d' ' -f2-); \
	    echo "Setting up $(VENV) with $$python"; \
	    "$$python" -m venv --clear $(VENV) || { rm -rf $(VENV); \
	        echo "Could not make an environment; on Debian or Ubuntu: apt install python3-venv" >&2; exit 1; }; \
	fi
	@echo "Installing what a run needs into $(VENV)"
	@$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/run.lock
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m pip check
	@touch $@

$(TESTS): $(RUNS) requirements/test.lock
	@echo "Installing what tests, checks and calibration need into $(VENV)"
	@$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/test.lock
	@$(BIN)/python -m pip check
	@touch $@

run: $(RUNS)  ## simulate scenarios/baseline.yaml (OUT=DIR says where the results go)
	@$(BIN)/klyngesim run scenarios/baseline.yaml --out "$(OUT)"

test: $(TESTS)  ## the test suite
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile --no-loadscope-reorder

quick: $(TESTS)  ## style and the tests that need no run, in half a minute
	$(BIN)/ruff check .
	$(BIN)/python -m pytest -q -n $(WORKERS) tests/static tests/streams tests/rules tests/results tests/evidence

test-slow: $(TESTS)  ## the tests that take minutes
	$(BIN)/python -m pytest -q -n $(WORKERS) -m slow

test-browser: $(TESTS)  ## the policy note in a real browser; needs Debian's chromium or another Chromium
	$(BIN)/python -m pytest -q -m browser

mutants: $(TESTS) requirements/mutants.lock  ## plant faults and print those that no test notices (N=60, SEED=number)
	@$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/mutants.lock
	@$(BIN)/python -m tests.mutants --number $(or $(N),60) $(if $(SEED),--seed $(SEED)) --workers $(WORKERS)

lint: $(TESTS)  ## style, types and the import contract
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

site: $(TESTS) requirements/site.lock  ## the documentation as pages in build/site: tutorials run, links checked
	@$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/site.lock
	rm -rf build/site build/gallery
	$(BIN)/klyngesim run baseline --replicates 4 --quiet --out build/gallery/run
	$(BIN)/klyngesim compare baseline r3-ten-years r4-private-money --pairs 20 --breakeven 0 --parts 0 --quiet --out build/gallery/compared
	$(BIN)/klyngesim sweep scenarios/sweeps/r1-frontier.yaml --quiet --out build/gallery/frontier
	$(BIN)/python -m sphinx --quiet --fail-on-warning --keep-going -c docs/site . build/site
	$(BIN)/python docs/site/links.py build/site

bench: $(RUNS)  ## speed and memory, beside a plain Mesa model of the same size
	@$(BIN)/klyngesim bench

docs: $(TESTS)  ## write docs/generated/ and docs/img/ from the code
	@mkdir -p docs/generated
	$(BIN)/klyngesim params --format md > docs/generated/parameters.md
	$(BIN)/klyngesim levers --format md > docs/generated/levers.md
	$(BIN)/klyngesim indicators --format md > docs/generated/indicators.md
	$(BIN)/klyngesim schema > docs/generated/scenario.schema.json
	$(BIN)/klyngesim schema --sweep > docs/generated/sweep.schema.json
	$(BIN)/klyngesim ablate --replicates 4 --format md > docs/generated/ablation.md
	$(BIN)/python docs/generate.py state_variables > docs/generated/state_variables.md
	$(BIN)/python docs/generate.py mechanisms > docs/generated/mechanisms.md
	$(BIN)/python docs/generate.py choices > docs/generated/choices.md
	$(BIN)/python docs/build_checks.py population > docs/generated/population.md
	$(BIN)/python docs/build_checks.py drift > docs/generated/drift.md
	$(BIN)/python docs/build_evaluation.py > docs/generated/evaluation.md
	$(BIN)/python docs/build_fit.py > docs/generated/fit.md
	rm -rf $(DRAWN)
	$(BIN)/klyngesim run baseline --quiet --out $(DRAWN) >/dev/null
	cp $(DRAWN)/figures/time_series.png $(DRAWN)/figures/time_series.csv docs/img/

COMPARED := r1-depth-and-breadth r1-paid-extra r2-platform r3-ten-years r4-private-money

advice: $(TESTS)  ## what the advice hangs on: a comparison and three sweeps, an hour together, and their tables
	$(BIN)/klyngesim compare baseline $(COMPARED) --pairs 30 --at-least 30 --end 2034Q4 --breakeven 5 --parts 10 \
	    --no-figures --out "$(ADVICE)/compared"
	$(BIN)/klyngesim sweep scenarios/sweeps/advice-assumed.yaml --out "$(ADVICE)/assumed" --no-figures
	$(BIN)/klyngesim sweep scenarios/sweeps/advice-conditions.yaml --out "$(ADVICE)/conditions" --no-figures
	$(BIN)/klyngesim sweep scenarios/sweeps/advice-usual.yaml --out "$(ADVICE)/usual" --no-figures
	$(BIN)/python docs/build_advice.py "$(ADVICE)/compared" "$(ADVICE)/assumed" "$(ADVICE)/conditions" "$(ADVICE)/usual" docs/advice_tables.md

EXPLORED := build/explored

explore: $(TESTS)  ## make docs/explore.html and docs/explore.da.html, some twenty minutes; goes on where it was stopped
	rm -rf $(EXPLORED)
	$(BIN)/klyngesim explore scenarios/sweeps/explore.yaml --lang en --out $(EXPLORED)/en
	$(BIN)/klyngesim explore scenarios/sweeps/explore.yaml --lang da --out $(EXPLORED)/da
	cp $(EXPLORED)/en/explore.html docs/explore.html
	cp $(EXPLORED)/da/explore.html docs/explore.da.html

# One resolution for all systems and Pythons; versions in the files stay unless UPGRADE=--upgrade is given.
RESOLVE = $(VENV)-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-header $(UPGRADE)
PROJECT := pyproject.toml requirements/build.in
GROUPS := --group test --group browser --group lint

lock:  ## resolve requirements/*.lock anew (UPGRADE=--upgrade takes newer versions)
	python3 -m venv $(VENV)-lock
	$(VENV)-lock/bin/python -m pip install --quiet uv
	$(RESOLVE) $(PROJECT) --output-file requirements/run.lock
	$(RESOLVE) $(PROJECT) --all-extras $(GROUPS) --constraint requirements/run.lock --output-file requirements/test.lock
	$(RESOLVE) requirements/mutants.in --constraint requirements/test.lock --output-file requirements/mutants.lock
	$(RESOLVE) requirements/site.in --constraint requirements/test.lock --output-file requirements/site.lock
	rm -rf $(VENV)-lock

clean:  ## remove environments, builds and caches; results in runs/ stay
	rm -rf .venv .venv-py3* .venv-lock build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
