#!/usr/bin/env bash
# fish.sh - lets fish complete lines, and compares the replies.
#
#     fish.sh SCRIPT CONVLET
set -euo pipefail

command -v fish >/dev/null || { echo 'skipped: no fish'; exit 77; }
script=$(realpath -- "$1")
PATH=$(dirname -- "$(realpath -- "$2")"):$PATH
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
export HOME=$work XDG_CONFIG_HOME=$work XDG_DATA_HOME=$work
cd -- "$work"
touch photo.png
fish --no-config --no-execute "$script"
failures=0

# expect LINE REPLY...: what fish offers at the end of the line, sorted.
expect() {
    local line=$1 got wanted
    shift
    got=$(fish --no-config --command "source $script; complete -C '$line'" |
        cut -f 1 | sort | tr '\n' ' ')
    wanted=$(printf '%s\n' "$@" | sort | tr '\n' ' ')
    [ "$got" = "$wanted" ] && return
    printf '%s<TAB>: got %s, expected %s\n' "$line" "$got" "$wanted"
    failures=$((failures + 1))
}

expect 'convlet ' train conv explain check show apply export bench
expect 'convlet train --al' --algorithm
expect 'convlet train --no-ne' --no-nesterov
expect 'convlet train --algorithm ' auto direct im2col tiled winograd winograd2
expect 'convlet train --algorithm=t' --algorithm=tiled
expect 'convlet explain --format s' svg
expect 'convlet apply ph' photo.png
expect 'convlet train --input=ph' --input=photo.png
exit "$((failures > 0))"
