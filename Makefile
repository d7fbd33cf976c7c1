# `make help` lists the targets. Everything that a target needs is set up first; see tests/services.sh.
CARGO ?= cargo
SERVICES := tests/services.sh
# The tests wait for deadlines more than they compute.
export RUST_TEST_THREADS ?= 8

.DEFAULT_GOAL := help
.NOTPARALLEL: # the order of a target's prerequisites counts
.PHONY: help run demo test screenshots bench check fmt clippy doc asyncapi javascript browser chromium curl schemathesis \
	manifests deny shellcheck cc services promtool previous chart golden helm

help: ## List the targets.
	@sed -nE 's/^([a-z]+):[^#]*## (.*)/  make \1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r target text; do \
		printf '%-14s %s\n' "$$target" "$$text"; done

run: cc services ## Start the service with trial data, and print where its pages are; PORT=… chooses the port.
	$(SERVICES) sh -ec '$(CARGO) build --bins --examples --locked; exec $(CARGO) run --locked --example trial'

demo: cc services ## Show the service at work: a day in small, and what became of every lead.
	$(SERVICES) sh -ec '$(CARGO) build --bins --examples --locked; $(CARGO) run --locked --example demo'

test: services curl javascript browser schemathesis promtool previous helm check ## Check everything: format, lints, documentation, scripts, tests, demo.
	$(SERVICES) sh -ec '$(CARGO) test --locked; $(CARGO) run --locked --example demo'

check: cc fmt clippy doc asyncapi shellcheck manifests deny ## Check what needs no PostgreSQL and no RabbitMQ.

fmt:
	$(CARGO) fmt --check

clippy:
	$(CARGO) clippy --all-targets --locked -- -D warnings

doc:
	RUSTDOCFLAGS='-D warnings' $(CARGO) doc --no-deps --locked --document-private-items

asyncapi: javascript
	node tests/javascript/asyncapi.mjs

screenshots: cc services browser ## Take pictures of the pages in every state, into target/screenshots.
	rm -rf target/screenshots
	SCREENSHOTS='$(CURDIR)/target/screenshots' $(SERVICES) $(CARGO) test --locked --test browser the_pages_do

# Exactly the packages that the lock files name. tests/javascript checks docs/asyncapi.yaml and runs docs/examples/*.mjs;
# tests/browser looks at the pages, in Debian's Chromium or in the one that CHROMIUM names.
javascript: tests/javascript/node_modules/.package-lock.json
browser: tests/browser/node_modules/.package-lock.json chromium
tests/%/node_modules/.package-lock.json: tests/%/package-lock.json
	$(need-node)
	npm ci --prefix tests/$* --ignore-scripts --no-audit --no-fund
	@touch $@

# What the documents ask the API with.
curl:
	@command -v curl >/dev/null || tests/install.sh curl || { echo 'cannot install curl here: give one' >&2; exit 1; }

# With a font that has every sign of the pages, the rupee's among them.
chromium:
	@test -x "$${CHROMIUM:-/usr/bin/chromium}" || tests/install.sh chromium fonts-noto-core || \
		{ echo 'cannot install Chromium here: give one, by CHROMIUM' >&2; exit 1; }

# What holds the API against its own description: exactly the versions that the file names.
SCHEMATHESIS := target/schemathesis
schemathesis: $(SCHEMATHESIS)/.installed
$(SCHEMATHESIS)/.installed: tests/api/requirements.txt
	$(install-requirements)

# What checks the files that operators run and GitHub reads: exactly the versions that the file names.
LINTERS := target/linters
manifests: $(LINTERS)/.installed
	$(LINTERS)/bin/hadolint Dockerfile
	$(LINTERS)/bin/check-jsonschema --builtin-schema vendor.compose-spec compose.yaml
	$(LINTERS)/bin/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yaml
	$(LINTERS)/bin/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yaml
	$(LINTERS)/bin/zizmor --offline --quiet .github
$(LINTERS)/.installed: tests/operations/requirements.txt
	$(install-requirements)

define need-node
	@command -v npm >/dev/null || tests/install.sh nodejs npm || \
		{ echo 'cannot install Node.js here: give one of version 18 or later, with npm' >&2; exit 1; }
endef

define need-python
	@python3 -c 'import ensurepip' 2>/dev/null || tests/install.sh python3 python3-venv || \
		{ echo 'cannot install Python here: give one of version 3.10 or later, with venv' >&2; exit 1; }
endef

# Installs what the prerequisite names into the target's folder.
define install-requirements
	$(need-python)
	python3 -m venv $(@D)
	$(@D)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@
endef

# Licences, bans and sources of the dependencies. There is no binary of it to be had from a registry: it is compiled once
# for each version, as fast as may be, since it runs for a second only.
CARGO_DENY := 0.20.2
deny: target/tools/cargo-deny-$(CARGO_DENY)/bin/cargo-deny
	$< --locked check licenses bans sources
target/tools/cargo-deny-$(CARGO_DENY)/bin/cargo-deny: | cc
	CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=false CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
		$(CARGO) install --locked --version $(CARGO_DENY) --root $(@D)/.. cargo-deny

# Prometheus' own checks of the alerts and of the dashboard's expressions.
promtool:
	@command -v promtool >/dev/null || tests/install.sh prometheus || \
		{ echo 'cannot install Prometheus here: give its promtool' >&2; exit 1; }

# The release before this one, which the tests run beside it. It is built once for each release.
previous: cc
	tests/previous.sh

chart: cc services helm ## Check the Helm chart alone: what it renders, and that the service runs with it.
	$(SERVICES) $(CARGO) test --locked --test chart

golden: cc helm ## Keep what the chart renders now in tests/chart/golden, and its values in its README.
	UPDATE_GOLDEN=1 $(CARGO) test --locked --test chart -- golden documents

# What checks the chart: Helm itself, the generator of its README, and Kubernetes' schemas.
CHART := target/chart
helm: $(CHART)/.installed
$(CHART)/.installed: tests/chart/package-lock.json tests/chart/requirements.txt tests/chart/tools.sh
	$(need-node)
	$(need-python)
	npm ci --prefix tests/chart --legacy-peer-deps --ignore-scripts --no-audit --no-fund
	python3 -m venv $(CHART)/venv
	$(CHART)/venv/bin/pip install --quiet --disable-pip-version-check --no-deps --requirement tests/chart/requirements.txt
	tests/chart/tools.sh $(CHART)/venv $(CHART)
	@touch $@

# Not worth failing where it is missing and we may not install it.
shellcheck:
	@command -v shellcheck >/dev/null || tests/install.sh shellcheck || true
	@if command -v shellcheck >/dev/null; then set -x; shellcheck .ci/run rabbitmq/*.sh tests/*.sh tests/chart/*.sh \
		tests/operations/*.sh; \
		else echo 'shellcheck is not installed: the scripts are not checked' >&2; fi

# The linker of Rust, and the compiler of the dependencies' C.
cc:
	@command -v cc >/dev/null || tests/install.sh gcc libc6-dev ca-certificates || \
		{ echo 'cannot install a C compiler here: give one named cc' >&2; exit 1; }

services:
	@$(SERVICES) --install

bench: cc services ## Measure: offers and misses per second, beside two yardsticks.
	$(SERVICES) $(CARGO) bench --locked --bench throughput
