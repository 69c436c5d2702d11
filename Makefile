# Peyk. `make help` says what each word does.
PYTHON ?= python3
BIN := .venv/bin
SOURCES := app tools tests wsgi.py
# The tests start a hundred processes; none of them should compile what another has compiled.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run demo setup test quick check gates lint types catalogs translate migrations format lighthouse screenshots lock clean python

help: ## Say what each word does
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: python ## Set everything up and start Peyk at http://127.0.0.1:8000, with worker and mail catcher
	@$(PYTHON) -m tools.run

demo: python ## Start another Peyk beside it, with a hundred people and a month of mail, to look around
	@$(PYTHON) -m tools.run --demo

setup: python ## Set up what developers need: packages, font, checker, translations
	@$(PYTHON) -m tools.setup --tests

test: setup ## Run all tests: units, real mail servers, both databases, browser
	@$(BIN)/python -m pytest -n auto --dist worksteal

quick: setup ## Run the tests that need no browser and no processes: units, pages, mail over a socket
	@$(BIN)/python -m pytest -n auto --dist worksteal --ignore=tests/browser --ignore=tests/end_to_end

check: gates test ## Do everything that .ci/run does

gates: setup ## Do what needs no tests, side by side: style, types, translations
	@$(MAKE) --no-print-directory --keep-going --jobs=3 --output-sync=target lint types catalogs

lint: setup ## Check style and format of the code and of the style sheets
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/python -m tools.checkers

types: setup ## Check the types
	@$(BIN)/mypy

catalogs: setup ## Check that the translations are current, complete and clean
	@$(BIN)/python -m tools.command i18n check

translate: python ## Begin a language: make translate LANG=tr
	@test "$(origin LANG)" = "command line" || { echo "Name the language: make translate LANG=tr"; exit 2; }
	@$(PYTHON) -m tools.setup --tests
	@$(BIN)/python -m tools.command i18n begin "$(LANG)"

migrations: setup ## Check the migrations: one head, up, down, up, equal to the models
	@$(BIN)/python -m pytest --quiet tests/house/test_migrations.py

format: setup ## Put the code into its format
	@$(BIN)/ruff check --fix --exit-zero .
	@$(BIN)/ruff format .

lighthouse: setup ## Let Lighthouse judge four pages on a phone; fewer than 95 points fail
	@$(BIN)/python -m tools.lighthouse

screenshots: setup ## Take a picture of every page into docs/screenshots
	@$(BIN)/python -m tools.screenshots

lock: python ## Pin the newest packages with their hashes
	@$(PYTHON) -m tools.lock

clean: ## Take away what the set-up made; data under var/ stay
	rm -rf .venv node_modules tools/lighthouse-npm/node_modules app/static/vendor var/setup .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find app tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
	rm -f translations/*/LC_MESSAGES/*.mo

python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Peyk needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another one: make run PYTHON=python3.12")'
