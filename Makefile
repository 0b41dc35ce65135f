# Osservatorio: `make demo` runs the main job, `make test` the tests; both do their whole set-up.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
ENCRYPTED := .venv-encrypted
ENCRYPTED_PIP := $(ENCRYPTED)/bin/python -m pip --disable-pip-version-check --quiet
SPARK := .venv-spark
SPARK_PIP := $(SPARK)/bin/python -m pip --disable-pip-version-check --quiet
PEERS := .venv-peers
PEERS_PIP := $(PEERS)/bin/python -m pip --disable-pip-version-check --quiet
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-strip-extras --extra install

.PHONY: demo dashboard test test-encrypted test-spark lint lock dictionary bench bench-peers clean

demo: $(VENV)/.installed
	$(BIN)/osservatorio demo

dashboard: $(VENV)/.installed
	$(BIN)/osservatorio dashboard

test: $(VENV)/.installed-dev
	sh tests/install_system_packages.sh
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

# The same tests over encrypted archives, with the DuckDB that can write them.
test-encrypted: $(ENCRYPTED)/.installed-dev
	sh tests/install_system_packages.sh
	$(ENCRYPTED)/bin/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

# The models on Apache Spark, every mart compared with DuckDB's cell for cell. Needs Java 17.
test-spark: $(SPARK)/.installed-dev
	sh tests/install_system_packages.sh
	$(SPARK)/bin/python -m pytest -m spark tests/spark

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# Scales to measure; the hundred takes a quarter of an hour and 10 GB of disk.
SCALES ?= 1 10 100
bench: $(VENV)/.installed-dev
	$(BIN)/python benchmarks/run_by_stage.py --scales $(SCALES) --json benchmarks/results/run_by_stage.json
	$(BIN)/python benchmarks/performance_page.py

# The same work by other tools: needs PostgreSQL's server and Java 17 beside the libraries.
PEER_SCALES ?= 1 10
bench-peers: $(VENV)/.installed-dev $(PEERS)/.installed $(SPARK)/.installed-dev
	$(BIN)/python -m benchmarks.peers --scales $(PEER_SCALES) --json benchmarks/results/peers.json
	$(BIN)/python benchmarks/performance_page.py

dictionary: $(VENV)/.installed
	$(BIN)/python -m osservatorio.dictionary
	$(BIN)/python -m osservatorio.indicators_page
	$(BIN)/python -m osservatorio.regulation_page
	$(BIN)/python -m osservatorio.lineage_picture
	$(BIN)/python -m reporting.critical.aspects_page
	$(BIN)/python -m ingestion.rules_page
	cp dashboards/assets/accessibilita.md docs/accessibilita.md
	cd tests/ingestion && PYTHONPATH=.. ../../$(BIN)/python -m corpus.page

# Needs `uv`; only who changes the dependencies runs it.
lock:
	$(LOCK) pyproject.toml -o requirements.lock
	$(LOCK) --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	grep -E '^[a-z0-9].*==' requirements.lock | grep -v '^duckdb==' | sed 's/ *\\$$//' > .constraints.txt
	$(LOCK) --extra encrypted -c .constraints.txt pyproject.toml -o requirements-encrypted.lock
	rm .constraints.txt
	$(LOCK) --extra spark -c requirements-dev.lock pyproject.toml -o requirements-spark.lock
	$(subst --extra install,,$(LOCK)) benchmarks/peers/requirements.in -o requirements-peers.lock

clean:
	rm -rf $(VENV) $(ENCRYPTED) $(SPARK) $(PEERS) build dist *.egg-info

$(VENV)/bin/python $(ENCRYPTED)/bin/python $(SPARK)/bin/python $(PEERS)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Serve Python 3.11 o successivo: make demo PYTHON=python3.11"; exit 2; }
	$(PYTHON) -m venv $(@:/bin/python=)

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installo le librerie (la prima volta serve qualche minuto)..."
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installo le librerie e gli strumenti di prova..."
	$(PIP) install --require-hashes -r requirements-dev.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.installed

$(ENCRYPTED)/.installed-dev: requirements-dev.lock requirements-encrypted.lock pyproject.toml | $(ENCRYPTED)/bin/python
	@echo "Installo le librerie, con il DuckDB che cifra, e gli strumenti di prova..."
	$(ENCRYPTED_PIP) install --require-hashes -r requirements-dev.lock
	$(ENCRYPTED_PIP) install --require-hashes -r requirements-encrypted.lock
	$(ENCRYPTED_PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(SPARK)/.installed-dev: requirements-dev.lock requirements-spark.lock pyproject.toml | $(SPARK)/bin/python
	@echo "Installo le librerie, con Apache Spark, e gli strumenti di prova (quasi un gigabyte)..."
	$(SPARK_PIP) install --require-hashes -r requirements-dev.lock
	$(SPARK_PIP) install --require-hashes -r requirements-spark.lock
	$(SPARK_PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(PEERS)/.installed: requirements-peers.lock | $(PEERS)/bin/python
	@echo "Installo gli strumenti con cui il prodotto si confronta..."
	$(PEERS_PIP) install --require-hashes -r requirements-peers.lock
	@touch $@
