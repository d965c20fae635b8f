# The recipes of .ci/run, one by one. `just` is optional: every line works by itself.

# Everything a change must pass
all:
    .ci/run

fmt:
    cargo fmt --all

lint:
    cargo clippy --all-targets -- -D warnings

doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --no-deps

test:
    cargo test

check scenario="scenarios/2025-export-licences.toml":
    cargo run --release -- check {{scenario}}

run scenario="scenarios/2025-export-licences.toml":
    cargo run --release -- run {{scenario}}
