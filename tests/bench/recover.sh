#!/usr/bin/env bash
# recover.sh - how long it takes to find a filter between two pictures.
#
#     recover.sh CONVLET PICTURE
#
# Prints "filter TAB optimizer TAB seconds TAB processor seconds" for every
# kind of filter and every way down, each with the preset's defaults, which are
# whitened; the reading and writing of files and the look at the windows are
# included. On two quiet cores, conjugate gradients take less than 2 s, the
# others less than 20 s.
set -euo pipefail

convlet=$(realpath -- "$1")
picture=$(realpath -- "$2")
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cd -- "$work"
export TIMEFORMAT='%R	%U'

# measure NAME FILTER FLAGS...: of the picture and what the filter makes of it.
measure() {
    local name=$1 filter=$2 way
    shift 2
    "$convlet" train --quiet --input "$picture" --target "filter:$filter" \
        --kernels 3 --groups 3 --kernel-size 5 --stride 1 --padding same \
        --steps 1 "$@" --out "$name" >/dev/null
    for way in cg sgd adam; do
        printf '%s\t%s\t' "$name" "$way"
        { time "$convlet" train --quiet --preset filter --input "$picture" \
            --target "$name/target.png" --groups 3 --optimizer "$way" \
            "$@" --out "$name-$way" >/dev/null; } 2>&1
    done
}

printf 'filter\toptimizer\tseconds\tprocessor\n'
measure 5x5 gaussian
measure 7x7 gaussian --kernel-size 7
measure asymmetric emboss --kernel-size 3,6
measure strided gaussian --stride 2
measure per-channel box
