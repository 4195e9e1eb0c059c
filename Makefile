# Two commands need nothing done before: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.languages
PORT ?= 8000
export PORT
# Where the shell keeps Python from writing what it compiled, each of hundreds of processes would compile the site anew.
export PYTHONDONTWRITEBYTECODE :=
.DEFAULT_GOAL := help

.PHONY: help
help:  ## what there is
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: $(READY)  ## the site and a pretend Logto, nothing else needed (DEMO_PORT, SANDBOX_PORT)
	@exec $(BIN)/python manage.py demo

.PHONY: run
run: $(READY)  ## the site against a real tenant, with the LOGTO_* values of the environment or .env (PORT)
	@exec $(BIN)/python manage.py run

.PHONY: setup
setup: $(VENV)/.ready  ## make a real tenant ready: a plan, and with --apply among SETUP="..." the work (--help lists the rest)
	@exec $(BIN)/python manage.py setup_logto $(SETUP)

# The environment: made from the lock with its hashes, brought up to date when the lock changes. What may be missing gets a sentence.
$(VENV)/.ready: requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Python 3.11 or newer is needed; install it, or name one with PYTHON=/path/to/python3." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "Python's venv module is missing; on Debian and Ubuntu install it with: apt install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || \
	  { echo "Making $(VENV), once; this takes a minute."; $(PYTHON) -m venv --clear $(VENV); }
	@$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --no-input --retries 1 --timeout 15 \
	  --require-hashes -r requirements-dev.txt >$(VENV)/pip.log 2>&1 || \
	  { if grep -qiE 'connection|temporary failure|name resolution|timed out|unreachable|proxy' $(VENV)/pip.log; \
	    then echo "The packages could not be fetched: there is no way to the package index; check the network." >&2; \
	    else tail -n 5 $(VENV)/pip.log >&2; \
	      echo "The packages could not be installed; $(VENV)/pip.log says why." >&2; fi; exit 1; }
	@touch $@

# The sentences of each language as they are read at run time.
$(READY): $(VENV)/.ready $(wildcard locale/*/LC_MESSAGES/django.po)
	@ENV_FILE=/dev/null $(BIN)/python manage.py languages compile
	@touch $@

.PHONY: lock
lock:  ## write the lock files anew from pyproject.toml
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 --upgrade --custom-compile-command "make lock" pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 --upgrade --custom-compile-command "make lock" --group tracing pyproject.toml -o requirements-tracing.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 --upgrade --custom-compile-command "make lock" --group dev pyproject.toml -o requirements-dev.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 --upgrade --custom-compile-command "make lock" --group fuzzing -o requirements-fuzzing.txt

# What `check --deploy` is shown: a complete production configuration with invented values.
PRODUCTION := ENV_FILE=/dev/null DEBUG=false SECRET_KEY=invented-for-the-check-and-long-enough-to-pass-it-0123456789 \
	SITE_URL=https://account.example.com LOGTO_ENDPOINT=https://auth.example.com LOGTO_APP_ID=web LOGTO_APP_SECRET=invented \
	LOGTO_M2M_APP_ID=machine LOGTO_M2M_APP_SECRET=invented MAIL_FROM=account@example.com EMAIL_URL=smtp://localhost:25 TRUSTED_PROXIES=1 SITES_FILE=

.PHONY: check check-style check-types check-deployment check-templates
check: $(READY)  ## every check that is not a test: lint, types, deployment settings, migrations, templates, the Dockerfile, secrets
	@$(MAKE) --no-print-directory -j 2 check-types check-style check-deployment check-templates

check-style: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m tests.secrets_in_tree

check-types: $(READY)
	$(BIN)/mypy

check-deployment: $(READY)
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(PRODUCTION) $(BIN)/python manage.py makemigrations --check --dry-run

check-templates: $(READY)
	$(BIN)/djlint --lint --quiet templates
	@[ ! -x $(BIN)/hadolint ] || { echo $(BIN)/hadolint deploy/Dockerfile; $(BIN)/hadolint deploy/Dockerfile; }

.PHONY: languages
languages: $(VENV)/.ready  ## bring the sentences of locale/ up to date with the code; what is new has no words yet
	ENV_FILE=/dev/null $(BIN)/python manage.py languages update

# What is quick ends it at once. The types take a quarter of a minute in one process, which the suite need not wait for.
.PHONY: test suite
test: check-style check-deployment check-templates  ## all checks and the whole suite
	@$(MAKE) --no-print-directory -j 2 check-types suite

suite: $(READY)
	$(BIN)/pytest -n 2 --dist worksteal

.PHONY: test-fast
test-fast: $(READY)  ## the suite without a browser, for daily work
	$(BIN)/pytest -n 2 --dist worksteal --ignore tests/e2e

.PHONY: test-guards
test-guards: $(READY)  ## take each guard out of the code, one at a time, and expect a red test (GUARDS="name ...")
	@$(BIN)/python -m tests.guards $(GUARDS)

.PHONY: bench
bench: $(READY)  ## speed, measured, into docs/speed.md, a quarter of an hour on a quiet machine (TABLES="cpu start" prints some)
	@$(BIN)/python -m bench $(TABLES)

.PHONY: test-contract
test-contract: $(READY)  ## what Logto does: against the sandbox, or a real tenant when CONTRACT_ENDPOINT is set
	$(BIN)/pytest tests/contract

FUZZ_SECONDS ?= 10

.PHONY: faults
faults: $(READY)  ## whatever can fail does, at each call of each page and change; the table goes to docs/faults.md (FAULTS=all plays each at each, FUZZ_SECONDS=60 searches longer)
	@rm -rf .faults && mkdir .faults
	@if [ -n "$$TEST_POSTGRES_URL" ]; then TEST_DATABASE_URL=$$TEST_POSTGRES_URL FAULTS_RESULTS=.faults $(BIN)/pytest -n 0 -q \
	  --tb=short --show-capture=no tests/faults/test_database.py -k whatever_the_database_says; \
	  else echo "TEST_POSTGRES_URL is not set: what PostgreSQL does in process is left out."; fi
	@$(BIN)/python -c "import atheris" 2>/dev/null || \
	  $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-fuzzing.txt || true
	@$(BIN)/python -m tests.faults.fuzzing --seconds $(FUZZ_SECONDS) --into .faults; \
	  FAULTS=$(or $(FAULTS),turn) FAULTS_RESULTS=.faults $(BIN)/pytest -n 0 -q --tb=short --show-capture=no tests/faults/test_postgresql.py
	@FAULTS=$(or $(FAULTS),turn) FAULTS_RESULTS=.faults $(BIN)/pytest -n 2 --dist worksteal -q --tb=short --show-capture=no tests/faults; \
	  FAULTS=$(or $(FAULTS),turn) $(BIN)/python -m tests.faults.table .faults

.PHONY: audit
audit: $(READY)  ## known weaknesses of the locked packages, by pip-audit; where nobody can be asked, as they were known in docs/advisories.json
	@rm -rf .audit && mkdir .audit
	@$(BIN)/pip install --quiet --disable-pip-version-check --target .audit/tool pip-audit 2>.audit/log && \
	  PYTHONPATH=.audit/tool $(BIN)/python -m pip_audit --disable-pip --require-hashes -r requirements-dev.txt \
	  --progress-spinner off -f json -o .audit/found.json 2>>.audit/log || true
	@$(BIN)/python -m tests.advisories --found .audit/found.json

.PHONY: test-mutations
test-mutations: $(READY)  ## change one small thing in the code at a time and expect a red test (MODULES="settings_app/logto/cache.py ...")
	@$(BIN)/python -m tests.mutations $(MODULES)

.PHONY: rehearsal
rehearsal: $(READY)  ## two sites behind nginx, under load, restarted and killed; needs nginx and TEST_POSTGRES_URL (REHEARSAL="--proxy caddy")
	@$(BIN)/python -m tests.rehearsal $(REHEARSAL)

.PHONY: load
load: $(READY)  ## 500 people behind nginx for minutes (LOAD_SECONDS), every change looked up; needs nginx and TEST_POSTGRES_URL
	@$(BIN)/python -m tests.rehearsal --load --workers 1

.PHONY: scale
scale: $(READY)  ## each page, change and command on a million rows of everything; needs TEST_POSTGRES_URL (SCALE="--rows 50000")
	@$(BIN)/python -m tests.scale $(SCALE)

# Everything on a page is looked at many times over, and each journey is played by keys: nothing for every run.
.PHONY: accessibility
accessibility: $(READY)  ## every page and state in each look, and every journey by keys alone, half an hour (ONLY="email_change")
	ACCESSIBILITY=1 $(BIN)/python -m pytest -n 2 --dist worksteal -q --show-capture=no $(if $(ONLY),-k "$(ONLY)") tests/accessibility
	$(BIN)/python -m pytest -n 2 --dist worksteal -q --show-capture=no -p tests.accessibility.by_keyboard \
	  -k "$(or $(ONLY),journey)" tests/e2e

.PHONY: looks
looks: $(READY)  ## every page beside its accepted picture, differences into ./screenshots/differences/ (LOOKS=accept keeps them)
	@$(BIN)/python -m tests.looks $(LOOKS) $(ONLY)

.PHONY: screenshots
screenshots: $(READY)  ## every page into ./screenshots/, in light and dark, desktop and phone (ONLY="profile amara" draws fewer, PICTURE_LANGUAGE=de in German)
	$(BIN)/python -m tests.screenshots $(ONLY)
