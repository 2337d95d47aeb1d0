# What you can do here. Every target installs what it needs, says what it does, and is quick the second time.
.DEFAULT_GOAL := help
.PHONY: help setup run test faults screens bindings bench fuzz lint

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Check for Rust and Node, install everything else
	@scripts/setup test

run: ## Build the release app and start it in practice mode
	@scripts/run

test: ## Everything that must hold: page, lints, unit, property, command-line, kill and desktop tests
	@scripts/test

faults: ## The long fault sweep, FAULT_RUNS (10000) faults from FAULT_SEED (1) on
	@scripts/faults

screens: ## A picture of every screen, in target/screens
	@scripts/screens

bindings: ## Write the TypeScript types of what crosses to the page
	@scripts/bindings

bench: ## Measure the release app, and run the benchmarks
	@scripts/bench

fuzz: ## Each reader against made-up input, FUZZ_SECONDS (120) each
	@scripts/fuzz

lint: ## Formatting, lints, licences and sources, without running a test
	@scripts/lint
