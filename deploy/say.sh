# shellcheck shell=bash
# What people read goes to stderr; stdout carries results only: GW_ENDPOINT, manifests, the status.

GREEN='' RED='' YELLOW='' BOLD='' PLAIN=''
if [ -t 2 ] && [ -z "${NO_COLOR:-}" ]; then
	GREEN=$'\033[32m' RED=$'\033[31m' YELLOW=$'\033[33m' BOLD=$'\033[1m' PLAIN=$'\033[0m'
fi

# Checks that failed so far.
FAILED=0

say() { printf '%s\n' "$*" >&2; }

heading() { printf '\n%s%s%s\n' "$BOLD" "$*" "$PLAIN" >&2; }

# One line under a heading: an outcome, what it is about, and the finding.
finding() { printf '  %s%-5s%s %-18s %s\n' "$1" "$2" "$PLAIN" "$3" "$4" >&2; }

ok() { finding "$GREEN" ok "$1" "$2"; }

note() { finding "$YELLOW" note "$1" "$2"; }

# failed NAME SENTENCE ADVICE
failed() {
	FAILED=$((FAILED + 1))
	finding "$RED" fail "$1" "$2"
	printf '  %-5s %-18s -> %s\n' '' '' "$3" >&2
}

indented() { sed 's/^/    /' >&2; }

# die SENTENCE ADVICE
die() {
	printf '%sdeploy.sh: %s%s\n' "$RED" "$1" "$PLAIN" >&2
	printf '  -> %s\n' "$2" >&2
	exit 1
}

usage_error() {
	printf 'deploy.sh: %s; see ./deploy.sh help\n' "$1" >&2
	exit 64
}

interrupted() {
	trap - INT TERM
	say ''
	say 'Interrupted. What was done stays: run the same again to go on, or ./deploy.sh cleanup.'
	exit 130
}
