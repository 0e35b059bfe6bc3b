#!/usr/bin/env bash
# All that the suite promises of its reliability: `all.sh [--long] [PART...]`, every part unless told. Short it takes
# half an hour, long a night: that is what the figures of docs/reliability.md and docs/fuzzing.md are from. It stays on
# loopback, but that cargo fetches what is to be compiled. Ends with what was not kept, and exit code 1 if there is any.
set -euo pipefail
cd "$(dirname "$0")/../.."

# What clients see when something breaks, and what strangers can do.
faults() {
	if [[ $long ]]; then
		cargo test --release --all-features --locked --test reliability -- --long
	else
		cargo test --workspace --all-features --locked --test reliability -- --without-envoy
	fi
}

# Bytes that could be read in two ways.
smuggling() { cargo test --workspace --all-features --locked --test smuggling; }

# Bytes that nobody meant.
fuzz() {
	local target bound=-max_total_time=30
	[[ ! $long ]] || bound=-runs=10000000
	for target in fuzz/corpus/*; do
		fuzz/run "${target##*/}" "$bound" || return
	done
}

# Threads in every order.
orders() { cargo test --locked --release --manifest-path interleavings/Cargo.toml; }

# Memory as Rust's rules have it.
miri() {
	cargo +nightly miri test --locked --target-dir target/miri -p http1 --lib &&
		cargo +nightly miri test --locked --target-dir target/miri -p ingress --lib -- outlier:: balance:: cluster::membership
}

# Threads as they happen to run.
threads() { tests/reliability/threads.sh "$([[ $long ]] && echo 600 || echo 60)"; }

# What others have written. What RustSec knows is for the long form: it is fetched from GitHub.
supply() {
	local checks=(bans licenses sources)
	[[ ! $long ]] || checks+=(advisories)
	cargo deny --locked check -D warnings "${checks[@]}"
}

# What a part needs and is not there ends all of it before anything has begun: needs PART INSTALL COMMAND...
needs() {
	if [[ " ${parts[*]} " == *" $1 "* ]] && ! "${@:3}" >/dev/null 2>&1; then
		echo "$1 needs: $2" >&2
		exit 64
	fi
}

has_sources_of_std() { [[ -d $(rustc +nightly --print sysroot)/lib/rustlib/src/rust/library ]]; }

all=(faults smuggling fuzz orders miri threads supply)
long=''
parts=()
for argument; do
	if [[ $argument == --long ]]; then
		long=1
	elif [[ $argument != -* && " ${all[*]} " == *" $argument "* ]]; then
		parts+=("$argument")
	else
		echo "usage: $0 [--long] [PART...]; the parts are ${all[*]}" >&2
		exit 64
	fi
done
((${#parts[@]})) || parts=("${all[@]}")

nightly='rustup toolchain install nightly --profile minimal --component miri --component rust-src'
needs fuzz "$nightly" cargo +nightly --version
needs fuzz 'cargo install cargo-fuzz --locked' command -v cargo-fuzz
needs miri "$nightly" cargo +nightly miri --version
needs threads "$nightly" has_sources_of_std
needs supply 'cargo install cargo-deny --locked' command -v cargo-deny

broken=()
for part in "${parts[@]}"; do
	printf '\n== %s\n' "$part"
	"$part" || broken+=("$part")
done
if ((${#broken[@]})); then
	printf '\nnot kept: %s\n' "${broken[*]}"
	exit 1
fi
printf '\nkept: %s\n' "${parts[*]}"
