# `make demo` and `make test` install packages and the lab's programs; README.md lists what must be installed before.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
PROFILE ?= fast
export PROFILE
$(if $(filter fast default,$(PROFILE)),,$(error PROFILE is fast or default, not "$(PROFILE)"))

# Packages are installed without running their install scripts. No script is needed, and the scripts of the Pulumi SDKs
# would download plugins.
installed := node_modules/.package-lock.json

export COSTS := $(CURDIR)/.lab/costs.jsonl
timed := node --import tsx test/support/timed.ts
# Each spec file runs in a separate process. Specs on the lab spend 40 % of their time waiting for intervals and probes,
# so three of them run at the same time on two processors.
mocha := npx --no-install mocha --parallel --exit
# The longest specs start first, so that none of them runs at the end while the other processes are idle.
longest := $(patsubst %,test/%.spec.ts,e2e/default-stack e2e/availability e2e/access e2e/main-job e2e/app-stack \
	e2e/secret-rotation e2e/preview-comment e2e/preflight lab/cluster-states lab/gossip lab/prometheus-restart)
onLab := $(longest) $(filter-out $(longest),$(wildcard test/e2e/*.spec.ts test/lab/*.spec.ts))

.PHONY: help setup demo lab test test-long check programs clean

define loops
What to run while developing, with times on 2 processors:
  1 to 5 s npm run test:watch -- 'test/unit/<room>/**/*.spec.ts' one room, again after each save
  6 s      npx mocha --exit test/unit/<room>/<file>.spec.ts        one spec; -g "<words>" for some of its tests
  10 s     npm run check                                           format, lint, types; 25 to 40 s the first time
  60 s     npm test                                                every test that needs no lab
  2.5 min  make demo                                               a demo of the main job on the lab
  25 min   make test                                               every check, and most end-to-end tests on the lab
  15 min   make test-long                                          the other end-to-end tests: operations, many targets

After a change: npm run docs (writes the tables in the documents), npm run goldens (writes what tests expect).

Targets:
endef
export loops

help: ## show what to run while developing, and the targets
	@echo "$$loops"
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  \1\t/' | expand -t 13

$(installed): package.json package-lock.json
	@echo "Installing npm packages ..."
	@start=$$SECONDS; npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && touch $@ && echo "Installed npm packages in $$((SECONDS - start)) s."

# In a fresh clone, `make setup` runs this target in parallel with `npm ci`. While `npm ci` runs, the packages in
# node_modules may be only partly installed, so the target then runs a tsx from outside this folder.
tsx := $(shell node -p "require('./package.json').devDependencies.tsx")
programs:
	@if [ $(installed) -nt package-lock.json ]; then node --import tsx lab/programs/main.ts >/dev/null; \
	else cd / && npx --yes tsx@$(tsx) "$(CURDIR)/lab/programs/main.ts" >/dev/null; fi

setup: ## install npm packages and fetch or build the lab's programs
	@$(MAKE) --silent --no-print-directory -j2 $(installed) programs

demo: setup ## show the main job on the lab: up, stop an exporter, both messages, destroy; PROFILE=default, CONFIG=<file>
	@node --import tsx lab/demo.ts

lab: setup ## start the lab, apply the program, and run until Ctrl-C; PROFILE=default, CONFIG=<file>
	@node --import tsx lab/main.ts

check: $(installed) ## check format, lint and types
	@$(MAKE) --no-print-directory -j2 --output-sync=line lint format

.PHONY: lint format
lint:
	@echo "Checking types and linting ..."
	@$(timed) lint npx --no-install oxlint .
format:
	@echo "Checking the format ..."
	@$(timed) format npx --no-install prettier --cache --no-color --log-level warn --check .

# Every step runs, even if an earlier step fails. At the end, `make test` prints a table with the time of each step.
test: setup ## run every check and test except those of test-long
	@rm -f "$$COSTS"; code=0; \
	node --import tsx lab/programs/main.ts victoria-metrics >/dev/null || code=1; \
	$(MAKE) --no-print-directory check || code=1; \
	$(mocha) --jobs 2 'test/unit/**/*.spec.ts' || code=1; \
	$(mocha) --jobs 3 $(onLab) || code=1; \
	echo; node --import tsx test/support/costs-table.ts --longest 30; exit $$code

# Each push runs these suites beside `make test`, as another job (.github/workflows/check.yml).
test-long: setup ## run the end-to-end tests of operations, many targets, long-term engines
	@node --import tsx lab/programs/main.ts victoria-metrics >/dev/null
	@$(mocha) --jobs 3 test/long/*.spec.ts

clean: ## remove the files that the lab has left in this folder (.lab)
	rm -rf .lab
