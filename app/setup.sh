# Shared by ./app/run and ./tests/run: installs what is missing, builds a preset, finds or starts a
# Docker engine. Sourced, never run. Everything it says goes to standard error.

set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
state=${BATCHYARD_HOME:-${XDG_STATE_HOME:-$HOME/.local/state}/batchyard}

program_packages=(
    g++ cmake ninja-build ccache pkg-config curl ca-certificates
    qt6-base-dev libqt6sql6-sqlite qt6-svg-dev
    nlohmann-json3-dev libcurl4-openssl-dev libcli11-dev libexpected-dev
    libgraphviz-dev libboost-dev libsqlite3-dev
    breeze-icon-theme fonts-open-sans fonts-dejavu-core fontconfig
)
engine_packages=(docker.io iptables iproute2)

say() { printf 'batchyard: %s\n' "$*" >&2; }

# What went wrong, why, and the one line that mends it.
give_up() {
    printf 'batchyard: %s\n  why: %s\n  try: %s\n' "$1" "$2" "$3" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo -n "$@"
    else
        return 126
    fi
}

missing_packages() {
    local package
    local -A installed=()
    while read -r package; do
        installed[$package]=1
    done < <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p')
    for package in "$@"; do
        [ -n "${installed[$package]:-}" ] || printf '%s\n' "$package"
    done
}

# install_packages NAME…: those that are not there yet.
install_packages() {
    command -v dpkg-query >/dev/null || return 0 # another distribution: the build names what it lacks
    local missing
    mapfile -t missing < <(missing_packages "$@")
    [ ${#missing[@]} -gt 0 ] || return 0
    say "installing ${#missing[@]} Debian packages: ${missing[*]}"
    local log
    log=$(mktemp)
    if ! { as_root apt-get update && as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        give_up "The packages could not be installed." \
            "apt-get failed (its last lines stand above); it needs root or sudo without a password." \
            "sudo apt-get update && sudo apt-get install ${missing[*]}"
    fi
    rm -f "$log"
}

# build_preset NAME [TARGET…]: configures once, then builds what changed.
build_preset() {
    local preset=$1 directory=$root/build/$1 log status=0
    shift
    mkdir -p "$directory"
    log=$directory/build.log
    exec 8>"$directory/build.lock"
    flock 8
    if [ ! -f "$directory/build.ninja" ]; then
        say "building the $preset preset; the first time takes some minutes"
        (cd "$root" && cmake --preset "$preset") >"$log" 2>&1 || status=$?
    fi
    if [ "$status" = 0 ]; then
        if [ -t 2 ] || [ -n "${CI:-}" ]; then
            NINJA_STATUS='[%f/%t %es] ' ninja -C "$directory" "$@" 8>&- 2>&1 | tee "$log" >&2 || status=$?
        else
            ninja -C "$directory" "$@" >"$log" 2>&1 8>&- || status=$?
        fi
    fi
    exec 8>&-
    [ "$status" = 0 ] && return
    tail -n 40 "$log" >&2
    give_up "The build failed." "the last lines of $log stand above" "cmake --preset $preset && ninja -C build/$preset"
}

answers() { curl --silent --fail --max-time 3 --unix-socket "$1" http://engine/_ping >/dev/null 2>&1; }

# Prints the socket of the first engine that answers: DOCKER_HOST, the default socket, a rootless
# one, Podman's service.
find_engine() {
    local runtime=${XDG_RUNTIME_DIR:-/run/user/$(id -u)} socket
    case "${DOCKER_HOST:-}" in
    unix://*)
        socket=${DOCKER_HOST#unix://}
        answers "$socket" && printf '%s\n' "$socket"
        return
        ;;
    ?*)
        give_up "DOCKER_HOST is $DOCKER_HOST." "only unix:// sockets are used, since a TCP engine without TLS is open to everyone" "unset DOCKER_HOST"
        ;;
    esac
    for socket in /var/run/docker.sock "$runtime/docker.sock" "$state/engine/docker.sock" \
        /run/podman/podman.sock "$runtime/podman/podman.sock"; do
        if [ -S "$socket" ] && answers "$socket"; then
            printf '%s\n' "$socket"
            return
        fi
    done
    return 1
}

# Sets DOCKER_HOST to an engine that answers, starting a private one when there is none.
use_engine() {
    local socket
    if ! socket=$(find_engine); then
        [ -z "${DOCKER_HOST:-}" ] || give_up "The engine at DOCKER_HOST does not answer." \
            "no reply from $DOCKER_HOST within 3 s" "unset DOCKER_HOST"
        install_packages "${engine_packages[@]}"
        # Debian's package starts a daemon of its own where there is an init system.
        socket=$(find_engine) || { "$root/app/engine" start "$state"; socket=$state/engine/docker.sock; }
    fi
    export DOCKER_HOST=unix://$socket
}
