#!/usr/bin/env bash
# install_packages.sh - installs what is missing of packages.txt, through apt.
#
#     app/install_packages.sh [program] [tests] [extras] [ci] [live] [docs]
#                              [peers]
#
# Without arguments: program tests. Nothing is done where nothing is missing.
# Without apt-get it says in one line what to install, and fails only if
# something is missing.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
list=$here/packages.txt
[ $# -gt 0 ] || set -- program tests

say() {
    printf 'install_packages: %s\n' "$*" >&2
}

# Is the thing that the package stands for there, wherever it came from?
found() {
    local package=$1 kind=${2%%:*} name=${2#*:}
    case $kind in
    command)
        [ "$name" != cc ] || name=${CC:-cc}
        command -v "${name%% *}" >/dev/null
        ;;
    header)
        # CC may hold flags: it is split on purpose.
        # shellcheck disable=SC2086
        printf '#include <%s>\n' "$name" |
            ${CC:-cc} -E -x c - >/dev/null 2>&1
        ;;
    pkg) pkg-config --exists "$name" 2>/dev/null ;;
    file) compgen -G "$name" >/dev/null ;;
    dpkg)
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" \
            2>/dev/null)" = installed ]
        ;;
    *)
        say "$list: $package is found by '$2'? expected command:, header:," \
            "pkg:, file: or dpkg:"
        exit 1
        ;;
    esac
}

# Fills `wanted` with the packages of the given purposes, and `missing` with
# those of them that are not there.
look() {
    local package purpose probe
    wanted=() missing=()
    while read -r package purpose probe; do
        case $package in '' | '#'*) continue ;; esac
        case " $* " in *" $purpose "*) ;; *) continue ;; esac
        wanted+=("$package")
        found "$package" "$probe" </dev/null || missing+=("$package")
    done <"$list"
}

# Runs its arguments as root.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        say "not root, and no sudo; as root, run: apt-get install ${missing[*]}"
        exit 1
    fi
}

apt() {
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -o DPkg::Lock::Timeout=120 "$@"
}

for purpose in "$@"; do
    case $purpose in
    program | tests | extras | ci | live | docs | peers) ;;
    *)
        say "unknown purpose '$purpose', expected program, tests, extras," \
            "ci, live, docs or peers"
        exit 2
        ;;
    esac
done

look "$@"
if ! command -v apt-get >/dev/null; then
    if [ ${#missing[@]} -gt 0 ]; then
        say "no apt-get here; install what Debian calls: ${missing[*]}"
        exit 1
    fi
    say "no apt-get here, and no need of it; found: ${wanted[*]}"
    exit 0
fi
[ ${#missing[@]} -gt 0 ] || exit 0

say "installing ${missing[*]}"
apt update || say "could not refresh the package lists; trying without"
apt install -y --no-install-recommends "${missing[@]}"
look "$@"
if [ ${#missing[@]} -gt 0 ]; then
    say "installed, but still not found: ${missing[*]}"
    exit 1
fi
