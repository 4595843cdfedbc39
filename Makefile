# `make` alone prints this help. Everything is installed into the project: .tools (uv), .venv (the suite).
# Make decides by time whether to start the driver; the driver decides by content what to build.

PYTHON ?= python3
UV_VERSION := 0.13.9
PY := .venv/bin/python
UV := .tools/bin/uv

# Without byte code every kernel start compiles debugpy anew, three seconds a report.
export UV_COMPILE_BYTECODE := 1
unexport PYTHONDONTWRITEBYTECODE
export UV_PYTHON_DOWNLOADS := never
# The same bytes everywhere: no locale, time zone or hash seed of the caller's reaches a report.
export LC_ALL := C.UTF-8
export TZ := UTC
export PYTHONHASHSEED := 0

LIBRARY := $(shell find lib -name '*.py' -o -name '*.toml' -o -name '*.mplstyle' -o -name '*.j2')
TABLES := data/datapackage.json $(wildcard data/*.csv data/raw/*)
NOTEBOOKS := $(wildcard notebooks/*.ipynb)
PAGES := $(patsubst reports/specs/%.yml,reports/html/%.html,$(wildcard reports/specs/*.yml))
ANSWER := reports/html/thumbnails/10_overview.usd.svg
REPORT_PARTS := reports/specs $(wildcard reports/specs/*.yml) $(shell find reports/template -type f)

# What a bare machine may lack, each named in one line.
define PREREQUISITES
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "Python 3.11 or newer is missing: apt-get install python3, or say which with make PYTHON=/path/to/python3"; exit 1; }
@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv module is missing: apt-get install python3-venv"; exit 1; }
@command -v git >/dev/null || { echo "git is missing: apt-get install git"; exit 1; }
endef

define NEEDS_UV
@[ -x $(UV) ] || { echo "uv $(UV_VERSION) is not to be had for this platform, and what this target adds comes with it"; exit 1; }
endef

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: always help reports test test-browser test-cluster test-pdf pdf lab notebooks data rates export bench lock clean

help: ## Print this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

# On a Dask cluster: SCHEDULER=tcp://host:8786. Unattended: CHECK=1 fails when reports/headlines.json would
# change, MAX_AGE=35 when the data end longer ago than so many days, JSON=1 prints one summary as JSON.
BUILD_OPTIONS := $(if $(SCHEDULER),--scheduler $(SCHEDULER)) $(if $(CHECK),--check) $(if $(MAX_AGE),--max-age $(MAX_AGE)) $(if $(JSON),--json)

reports: reports/html/.built $(PAGES) ## Build every report that is out of date, into reports/html/ (CHECK=1, MAX_AGE=35, JSON=1: see README)

# It is as old as the beginning of its build: what has changed since then is newer.
reports/html/.built: $(LIBRARY) $(TABLES) $(NOTEBOOKS) $(REPORT_PARTS) uv.lock $(if $(CHECK)$(MAX_AGE)$(JSON),always) | $(if $(SCHEDULER),.venv/.ready-cluster,.venv/.ready)
	@mkdir -p $(@D) && touch $@.began
	@$(PY) -m aispend data --check
	@$(PY) -m aispend build $(BUILD_OPTIONS)
	@cmp -s $(ANSWER) reports/answer.svg || $(if $(CHECK),{ echo "reports/answer.svg is not what the report draws: run make reports; review and commit it"; exit 1; },cp $(ANSWER) reports/answer.svg)
	@mv $@.began $@

# A page that someone removed; one that is there is the driver's to judge.
$(PAGES): | reports/html/.built
	@test -f $@ || $(PY) -m aispend build --only $(basename $(notdir $@))

test: .venv/.ready reports ## Run everything that must hold and needs no system package
	@! [ -x $(UV) ] || $(UV) lock --check --quiet || { echo "uv.lock does not fit pyproject.toml: run make lock"; exit 1; }
	$(PY) -m pytest --numprocesses 2 --dist loadscope --quiet
	JUPYTER_DEFAULT_PROVISIONER_NAME=aispend-warm $(PY) -m pytest --nbval notebooks --config-file tests/nbval.ini --rootdir . --numprocesses 2 --dist loadscope --quiet
	@git diff --exit-code --stat -- reports/headlines.json reports/answer.svg data/README.md || { echo "Committed numbers differ from the built ones: review the difference and commit it"; exit 1; }

test-cluster: .venv-bench/.ready ## Run what runs on a Dask cluster, on two workers of this machine
	.venv-bench/bin/python -m pytest tests/cluster --quiet

test-browser: .venv/.ready-browser reports ## Look at the pages in a browser (needs chromium)
	@command -v chromium >/dev/null || { echo "chromium is missing: apt-get install chromium fonts-noto-cjk"; exit 1; }
	$(PY) -m pytest tests/browser --quiet

pdf: .venv/.ready-pdf reports ## Make each report's PDF and its charts' PNG, linked from its page (needs pango)
	@$(PY) -m aispend pdf

test-pdf: pdf ## Read the PDFs: text, tags, links, the same bytes twice (needs pango)
	$(PY) -m pytest tests/pdf --quiet

lab: .venv/.ready-lab ## Open JupyterLab on the notebooks
	$(PY) -m jupyterlab --notebook-dir=notebooks $(if $(filter 0,$(shell id -u)),--allow-root)

notebooks: .venv/.ready ## Run the committed notebooks again, in place, with their default parameters
	@$(PY) -m aispend notebooks

data: .venv/.ready ## Check every table and regenerate the codebook
	@$(PY) -m aispend data

rates: .venv/.ready ## Compare the frozen exchange rates with live ones (WRITE=1 freezes the ECB's newer file)
	@$(PY) -m aispend rates $(if $(WRITE),--write)

export: .venv/.ready ## Write the tables for Excel, R and Stata, into reports/export/
	@$(PY) -m aispend export

bench: .venv/.ready .venv-bench/.ready ## Measure the claims, each beside a peer (BENCH=money for one of them)
	@failed=; for file in $(if $(BENCH),benchmarks/$(BENCH).py,benchmarks/*.py); do echo "== $$file"; \
	  .venv-bench/bin/python $$file || failed="$$failed $$file"; done; \
	  [ -z "$$failed" ] || { echo "Claims that did not hold:$$failed"; exit 1; }

lock: $(UV) ## Pin the dependencies that pyproject.toml declares
	$(UV) lock --python $(PYTHON)
	$(UV) export --quiet --frozen --no-emit-project --format requirements.txt --output-file requirements.lock

clean: ## Remove everything that can be rebuilt
	rm -rf .venv .venv-bench .tools reports/html reports/export .pytest_cache .hypothesis

$(UV):
	$(PREREQUISITES)
	@echo "Installing uv $(UV_VERSION) into .tools"
	@$(PYTHON) -m venv .tools && .tools/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

# Where uv has no build for the platform, pip installs the same versions from the exported lock.
.venv/.ready: uv.lock pyproject.toml requirements.lock
	$(PREREQUISITES)
	@$(MAKE) --no-print-directory $(UV) || echo "uv is not to be had here: pip installs from requirements.lock instead"
	@echo "Installing the locked packages into .venv"
	@if [ -x $(UV) ]; then $(UV) sync --quiet --frozen --python $(PYTHON); else \
	  $(PYTHON) -m venv .venv && $(PY) -m pip install --quiet --require-hashes --requirement requirements.lock \
	  && $(PY) -m pip install --quiet --no-deps --editable .; fi
	@touch $@

# A group of pyproject.toml on top. Not pyarrow, which only Dask's data frames need: its import starts a thread,
# and warm kernels could not be forked.
$(addprefix .venv/.ready-,lab browser pdf cluster): .venv/.ready-%: .venv/.ready
	$(NEEDS_UV)
	@echo "Adding the packages for $* to .venv"
	@$(UV) sync --quiet --frozen --inexact --group $* --no-install-package pyarrow --python $(PYTHON)
	@touch $@

.venv-bench/.ready: uv.lock pyproject.toml | $(UV)
	@echo "Installing the peers to measure against into .venv-bench"
	@UV_PROJECT_ENVIRONMENT=.venv-bench $(UV) sync --quiet --frozen --group bench --python $(PYTHON)
	@touch $@
