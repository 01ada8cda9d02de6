# What a person runs. `make demo` and `make test` need python >= 3.11, make and the network once; nothing else.
.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench bench-live evaluate golden dashboards soak clean

PY := .venv/bin/python
READY := .venv/.ready

help:
	@echo "make demo      set up, then replay two recordings and draw the map"
	@echo "make test      set up, then run the tests"
	@echo "make check     formatting, lint, types, the import contracts and the Dockerfile"
	@echo "make bench     speed and agreement, beside other decoders on the same file"
	@echo "make bench-live"
	@echo "               a running service at 50,000 frames a second: time to the webhook, CPU, memory; 7 minutes"
	@echo "make evaluate  stops found against stops that were, over generated worlds; report in build/evaluate"
	@echo "               (SEEDS=20 for fewer worlds of each family than 100)"
	@echo "make golden    rewrite the golden files, for a diff to be read"
	@echo "make dashboards"
	@echo "               rewrite Grafana's dashboards in config/grafana from the code in dashboards/"
	@echo "make soak      the long runs that make test leaves out"
	@echo "make clean     remove the virtual environment and all caches"

setup: $(READY)
	@:

# The stamp is made by the script, last, so that a broken set-up is tried again.
$(READY): pyproject.toml uv.lock scripts/setup.sh scripts/bootstrap_uv.py
	@bash scripts/setup.sh

demo: setup
	@bash scripts/demo.sh

test: setup
	$(PY) -m pytest -n 2 -q

check: setup
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	.venv/bin/lint-imports
	.venv/bin/hadolint Dockerfile

bench: setup
	$(PY) -m benchmarks

bench-live: setup
	$(PY) -m benchmarks.live

evaluate: setup
	@$(PY) -m tests.families.evaluate $(if $(SEEDS),--seeds $(SEEDS))

golden: setup
	$(PY) -m pytest -q --update-golden tests/golden

dashboards: setup
	$(PY) -m dashboards

soak: setup
	$(PY) -m pytest -q -m soak --hypothesis-profile=search

clean:
	rm -rf .venv .cache .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist
