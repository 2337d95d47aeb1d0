# Sourced by the other scripts: where things are, and how they speak.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
target=${CARGO_TARGET_DIR:-$root/target}
stamps=$target/setup
mkdir -p "$stamps"

# rustup's own place, for shells that have not read its profile yet.
if ! command -v cargo >/dev/null && [ -x "$HOME/.cargo/bin/cargo" ]; then
    export PATH="$HOME/.cargo/bin:$PATH"
fi

# One set of features for every cargo command of the tests, so that nothing is compiled twice.
# custom-protocol serves the built page from the program, ts generates the page's types.
features=custom-protocol,ts

doing=
began=$SECONDS

# Says which step begins; when the script stops before the end, this is the step that failed.
step() {
    doing=$1
    printf '→ %s (%d s so far)\n' "$1" "$((SECONDS - began))"
}

# Says what went wrong and what to do, and stops.
fail() {
    doing=
    printf '✗ %s\n' "$@" >&2
    exit 1
}

at_end() {
    local status=$?
    if [ "$status" -ne 0 ] && [ -n "$doing" ]; then
        printf '✗ failed: %s (exit status %d)\n' "$doing" "$status" >&2
    fi
}
trap at_end EXIT

# Stops where program $1 was never built and there are fewer than $2 GiB left to build it in: a linker that runs out of room
# crashes and does not say why.
room_for() {
    [ ! -x "$target/$1" ] || return 0
    local free
    free=$(df -Pk "$target" | awk 'NR == 2 { print int($4 / 1048576) }')
    [ "$free" -ge "$2" ] || fail "$free GiB are free for $target, and the first build takes $2." \
        "Make room, or build elsewhere: CARGO_TARGET_DIR=/another/disk/target"
}

# True when $2 is what the stamp $1 remembers.
fresh() {
    [ -f "$stamps/$1" ] && [ "$(cat "$stamps/$1")" = "$2" ]
}

# Remembers $2 under the name $1.
remember() {
    printf '%s\n' "$2" >"$stamps/$1"
}

# One sum over all files of a folder.
sum_of() {
    find "$1" -type f -not -path '*/node_modules/*' -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1
}

# Builds the page, unless it is there as it was built of what is there: the app is compiled anew for every file that is written.
build_page() {
    if [ -f ui/dist/index.html ] && fresh page "$(node --version) $(sum_of ui)"; then
        return
    fi
    step "building the page"
    npm --prefix ui run --silent build
    remember page "$(node --version) $(sum_of ui)"
}

# Stops where peer $1 (tests/interop) could not be installed, and says why.
peer_is_ready() {
    local state=$target/interop/$1.state
    grep -qsx ready "$state" || fail "the peer $1 is needed here: $(cat "$state")"
}
