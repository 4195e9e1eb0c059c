# Two commands need nothing done before: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: lock
lock:  ## write both lock files anew from pyproject.toml
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 --upgrade --custom-compile-command "make lock" pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 --upgrade --custom-compile-command "make lock" --group dev pyproject.toml -o requirements-dev.txt

# What `check --deploy` is shown: a complete production configuration with invented values.
PRODUCTION := ENV_FILE=/dev/null DEBUG=false SECRET_KEY=invented-for-the-check-and-long-enough-to-pass-it-0123456789 \
	SITE_URL=https://account.example.com LOGTO_ENDPOINT=https://auth.example.com LOGTO_APP_ID=web LOGTO_APP_SECRET=invented \
	LOGTO_M2M_APP_ID=machine LOGTO_M2M_APP_SECRET=invented MAIL_FROM=account@example.com EMAIL_URL=smtp://localhost:25 SITES_FILE=

.PHONY: check
check: $(VENV)/.ready  ## every check that is not a test: lint, types, deployment settings, migrations, templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(PRODUCTION) $(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/djlint --lint --quiet templates

.PHONY: test
test: check  ## all checks and the whole suite
	$(BIN)/pytest -n 2 --dist worksteal

.PHONY: test-contract
test-contract: $(VENV)/.ready  ## what Logto does: against the sandbox, or a real tenant when CONTRACT_ENDPOINT is set
	$(BIN)/pytest tests/contract
