#!/usr/bin/env bash
# bash.sh - completes lines as bash would, and compares the replies.
#
#     bash.sh SCRIPT CONVLET
set -euo pipefail

bash -n "$1"
PATH=$(dirname -- "$(realpath -- "$2")"):$PATH
# shellcheck source=/dev/null
. "$1"
[ "$(complete -p convlet)" = 'complete -F _convlet convlet' ]
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cd -- "$work"
mkdir out
touch out.npy photo.png
failures=0

# expect LINE REPLY...: the replies to a TAB at the end of the line, sorted.
expect() {
    local line=$1 got wanted
    shift
    # Of these two bash makes words of its own; the rest is read off the line.
    COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'
    COMP_LINE=$line
    COMP_POINT=${#line}
    COMPREPLY=()
    _convlet || true
    got=$(printf '%s\n' "${COMPREPLY[@]}" | sort | tr '\n' ' ')
    wanted=$(printf '%s\n' "$@" | sort | tr '\n' ' ')
    [ "$got" = "$wanted" ] && return
    printf '%s<TAB>: got %s, expected %s\n' "$line" "$got" "$wanted"
    failures=$((failures + 1))
}

expect 'convlet ' train conv explain check show apply export bench --help --version
expect 'convlet ex' explain export
expect 'convlet train --al' --algorithm
expect 'convlet train --no-ne' --no-nesterov
expect 'convlet train --algorithm ' auto direct im2col tiled winograd winograd2
expect 'convlet train --algorithm im' im2col
expect 'convlet train --algorithm=t' tiled
expect 'convlet bench --algorithm a' all auto
expect 'convlet train --steps 3 --lr ' auto
expect 'convlet train --steps '
expect 'convlet train --lr=0.1 --reduction=no' notebook
expect 'convlet train --nesterov --dty' --dtype
expect 'convlet train --target filter:g' gaussian
expect 'convlet train --target filter:sobel-' sobel-x sobel-y
expect 'convlet train --out ' out
expect 'convlet train --input ' out out.npy photo.png random
expect 'convlet train --input=ph' photo.png
expect 'convlet conv --padding ' same fit
expect 'convlet conv --steps'
expect 'convlet explain --format ' json svg text
expect 'convlet explain --at '
expect 'convlet apply ph' photo.png
expect 'convlet apply -o ou' out out.npy
expect 'convlet apply --mo' --model
expect 'convlet nothing --al'
exit "$((failures > 0))"
