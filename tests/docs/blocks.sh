#!/usr/bin/env bash
# blocks.sh - runs what a page shows, and compares what comes out.
#
#     blocks.sh CONVLET ROOT PAGE.md ...
#
# In every ```console block, lines after "$ " are typed and the lines below
# them are expected on standard output, numbers to a thousandth. Each page has
# a directory of its own, in which `convlet` is in PATH, assets/ is there, and
# x.npy and w.npy stand for the reader's own arrays.
set -euo pipefail

convlet=$(realpath -- "$1")
root=$(realpath -- "$2")
shift 2
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
mkdir "$work/bin"
ln -s "$convlet" "$work/bin/convlet"
PATH=$work/bin:$PATH
blocks=0

# run COMMAND EXPECTED: both files.
run() {
    blocks=$((blocks + 1))
    if ! bash -euo pipefail "$1" >"$work/got" 2>"$work/err"; then
        printf '%s: failed:\n' "$page"
        cat "$1" "$work/err"
        exit 1
    fi
    if ! awk -v tolerance=1e-3 -f "$here/same.awk" "$2" "$work/got"; then
        printf '%s: this prints something else than the page says:\n' "$page"
        cat "$1"
        diff "$2" "$work/got" || true
        exit 1
    fi
}

for page in "$@"; do
    scratch=$(mktemp -d -p "$work")
    cd -- "$scratch"
    ln -s "$root/assets" assets
    cp "$root/tests/golden/conv2d/basic_k3/x.npy" x.npy
    cp "$root/tests/golden/conv2d/basic_k3/weight.npy" w.npy
    : >"$work/command"
    : >"$work/expected"
    state=text
    while IFS= read -r line; do
        case $state:$line in
        text:'```console') state=block ;;
        text:*) ;;
        *:'```')
            [ ! -s "$work/command" ] || run "$work/command" "$work/expected"
            : >"$work/command"
            : >"$work/expected"
            state=text
            ;;
        more:*)
            printf '%s\n' "$line" >>"$work/command"
            [[ $line == *\\ ]] || state='block'
            ;;
        *:'$ '*)
            [ ! -s "$work/command" ] || run "$work/command" "$work/expected"
            printf '%s\n' "${line#\$ }" >"$work/command"
            : >"$work/expected"
            [[ $line != *\\ ]] || state='more'
            ;;
        *) printf '%s\n' "$line" >>"$work/expected" ;;
        esac
    done <"$root/$page"
done
printf '%d commands of %d pages do what the pages say\n' "$blocks" "$#"
