# The README's two commands are `make demo` and `make test`. Each makes its own .venv; nothing else is needed than
# Python 3.11 or later, make and a C compiler.

PYTHON ?= python3
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
JOBS ?= 2

.PHONY: demo test check soak bench docs audit bill lowest resolve clean

demo: .venv/.run
	$(BIN)/lookout demo

test: check
	$(PYTEST) -n $(JOBS) -m "not soak"

check: .venv/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Long fault and leak runs: minutes to an hour.
soak: .venv/.test
	$(PYTEST) -m soak --timeout 3600

# Every benchmark, a table at the end; `make bench DATA=folder` uses your images.
bench: .venv/.test
	$(BIN)/python benchmarks/run.py $(if $(DATA),--data $(DATA))

# The reference pages of docs/, made from the code.
docs: .venv/.test
	$(BIN)/python scripts/reference.py

# Known vulnerabilities in what the tests run with; code 2 where the database of advisories cannot be reached.
audit: .venv/.security
	$(BIN)/python scripts/audit.py

# What LookOutCV with all extras consists of, with versions and licences, in the form of CycloneDX.
bill: .venv/.test .venv/.security
	$(BIN)/python scripts/bill_of_materials.py build/bill-of-materials.json

# The quick tests with the lowest version of every dependency that pyproject.toml allows.
lowest: .venv/.security
	$(PYTHON) scripts/lowest_versions.py

# Whether the pins of constraints.txt, and what must install beside them, still fit together.
resolve: .venv/.security
	$(PYTHON) scripts/resolve.py

clean:
	rm -rf .venv build dist lookout-demo *.egg-info src/*.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "LookOutCV needs Python 3.11 or later; name it with: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --upgrade pip

.venv/.run: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	@touch $@

.venv/.test: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable . --group test
	@touch $@ .venv/.run

# Tools that look at the others are kept apart, so that they change nothing of what they look at.
.venv/.security: pyproject.toml | .venv/bin/python
	$(PYTHON) -m venv .venv/security
	.venv/security/bin/python -m pip install --quiet --constraint constraints.txt --upgrade pip
	.venv/security/bin/python -m pip install --quiet --group security
	@touch $@
