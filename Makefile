# One task runner. `make` alone prints what there is.
PORT ?= 8000
DATABASE_URL ?= sqlite:///.accord/shop.sqlite
PYTEST_ARGS ?=
BENCH_ARGS ?=
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help setup core serve check lint types architecture test coverage bench docs docs-serve \
        golden generated format clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  variables: PORT=$(PORT) DATABASE_URL=$(DATABASE_URL) PYTEST_ARGS= BENCH_ARGS= PYTHON="

setup: ## everything for working on Accord into .venv (instant when it is there)
	@scripts/setup dev,bench

core:
	@scripts/setup all

serve: core ## serve the shop on http://127.0.0.1:8000 (PORT=, DATABASE_URL=)
	@mkdir -p .accord
	@$(BIN)/accord serve examples.shop:api --port $(PORT) --database "$(DATABASE_URL)" --seed

check: lint types architecture docs ## all checks that need no database

lint: setup ## ruff: rules and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: setup ## mypy --strict on the inside, pyright on what users touch
	@$(BIN)/mypy
	@$(BIN)/pyright

architecture: setup ## import contracts, rooms, budgets, surface, decisions, generated pages
	@$(BIN)/lint-imports
	@$(BIN)/pytest -q tests/architecture

test: setup ## all tests, on SQLite and PostgreSQL (PYTEST_ARGS=)
	@ACCORD_TEST_REQUIRE_SERVICES=1 scripts/services run -- $(BIN)/pytest -n auto $(PYTEST_ARGS)

coverage: setup ## all tests, with a coverage report
	@$(MAKE) --no-print-directory test PYTEST_ARGS="--cov --cov-report=term $(PYTEST_ARGS)"

bench: setup ## measure against the comparators; writes bench/results (BENCH_ARGS=)
	@scripts/services install-bench
	@scripts/services run --durable -- $(BIN)/python -m bench $(BENCH_ARGS)

docs: setup ## build the documentation into site/, every warning an error
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

docs-serve: setup ## the documentation on http://127.0.0.1:8001, rebuilt on change
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs serve --dev-addr 127.0.0.1:8001

golden: setup ## write the golden files anew; review their diff
	@ACCORD_TEST_REQUIRE_SERVICES=1 ACCORD_GOLDEN_UPDATE=1 scripts/services run -- \
		$(BIN)/pytest -n auto -q $(PYTEST_ARGS)

generated: setup ## write surface.txt, error pages and house plan anew; shrink the budgets
	@$(BIN)/python -m tools.surface --write
	@$(BIN)/python -m tools.error_pages --write
	@$(BIN)/python -m tools.house_plan --write
	@$(BIN)/python -m tools.budgets --shrink

format: setup ## ruff: fix what can be fixed
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

clean: ## stop services; remove caches, built docs and .accord (keeps .venv)
	@scripts/services down
	@rm -rf site .accord .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@rm -rf .coverage .coverage.* bench/.cache bench/.data
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
