# Two commands: `make lab` opens the course, `make test` proves it. Both make the environment first.
# Needs Python 3.11 to 3.13 with venv, and a package registry. `make help` lists the rest.

PYTHON ?= python3
UV_VERSION := 0.13.9
UV := .uv/bin/uv
BIN := .venv/bin
ENVIRONMENT := .venv/.complete
WORKERS ?= 2
TORCH_VERSION := 2.13.0
TORCH := .venv/.torch-$(TORCH_VERSION)
TORCH_INDEX ?=

.PHONY: help lab env test check unit notebooks torch test-colab test-colab-changed build format clean

help:  ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 22

lab: $(ENVIRONMENT)  ## open JupyterLab on the course
	$(BIN)/certlab lab

env: $(ENVIRONMENT)  ## make .venv from uv.lock

test: check unit notebooks  ## everything that must pass

check: $(ENVIRONMENT)  ## formatting, types, and whether the notebooks follow from their source
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/certlab build --check

# The suite starts thousands of processes, kernels and servers: a test that loses a race is run once
# more, and the summary shows both runs. Attacks get no second try.
unit: $(ENVIRONMENT) $(TORCH)  ## tests of the package: units, soundness, end to end, browser
	$(BIN)/pytest -n $(WORKERS) --dist worksteal --reruns 1 --rerun-exclude-path tests/redteam -r aR tests

notebooks: $(ENVIRONMENT) $(TORCH)  ## nbval: solutions give their stored outputs, lessons run clean
	$(BIN)/pytest -q -n $(WORKERS) --dist loadscope --nbval --nbval-cell-timeout 120 solutions
	$(BIN)/pytest -q -n $(WORKERS) --dist loadscope --nbval-lax --nbval-cell-timeout 120 notebooks

test-colab: $(ENVIRONMENT)  ## run every notebook under Colab's versions and record the date
	$(BIN)/python -m tests.colab.run --all --record

test-colab-changed: $(ENVIRONMENT)  ## the same for what changed in the last commits
	$(BIN)/python -m tests.colab.run --changed

torch: $(TORCH)  ## PyTorch, for the module that teaches it

build: $(ENVIRONMENT) $(TORCH)  ## curriculum -> notebooks, exercises, solutions
	$(BIN)/certlab build

format: $(ENVIRONMENT)  ## format the code and the notebooks' sources
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:  ## remove the environments and caches
	rm -rf .venv .venv-colab .uv .mypy_cache .ruff_cache .pytest_cache

# uv installs from the lock file; it is itself installed with pip, so that Python is all one needs.
$(UV):
	$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13) and "CertLab needs Python 3.11 to 3.13; set PYTHON=python3.12, say")'
	$(PYTHON) -m venv .uv
	.uv/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

# Bytecode is compiled now, because importing TensorFlow without it takes twice as long.
$(ENVIRONMENT): $(UV) pyproject.toml uv.lock $(wildcard src/certlab/kernel/*.py)
	$(UV) sync --frozen --extra grading --python $(PYTHON) --compile-bytecode --reinstall-package certlab
	touch $@

# PyTorch for the module that teaches it. By pip and not from the lock file, which for Linux holds
# the build with several gigabytes of CUDA; where no CPU build is at hand, the makers' own index has
# one: TORCH_INDEX=https://download.pytorch.org/whl/cpu
$(TORCH): $(ENVIRONMENT)
	.uv/bin/pip --python $(BIN)/python install --quiet --disable-pip-version-check $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX)) torch==$(TORCH_VERSION)
	touch $@
