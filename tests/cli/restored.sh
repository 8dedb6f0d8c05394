#!/usr/bin/env bash
# restored.sh - whole runs of the presets gain what the pages say they gain.
#
#     restored.sh CONVLET SCENE
#
# Trained on dead leaves alone, measured on a picture that no setting was
# chosen by. Takes some minutes.
set -euo pipefail

convlet=$(realpath -- "$1")
scene=$(realpath -- "$2")
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cd -- "$work"

# expect PRESET WORDS LEAST: the decibels in brackets behind the words.
expect() {
    local gain
    gain=$(awk -v words="$2" '{
        at = index($0, words)
        if (at && match(substr($0, at), /\([-+][0-9.]+ dB\)/))
            print substr($0, at + RSTART, RLENGTH - 5)
    }' "$1.err")
    if ! awk -v gain="$gain" -v least="$3" \
        'BEGIN { exit !(gain != "" && gain + 0 >= least) }'; then
        printf '%s: %s dB on "%s", expected %s or more:\n' \
            "$1" "$gain" "$2" "$3"
        cat "$1.err"
        exit 1
    fi
    printf '%s: %s dB on "%s", at least %s\n' "$1" "$gain" "$2" "$3"
}

for preset in denoise superres enlarge; do
    "$convlet" train --preset "$preset" --validation "$scene" --seed 0 \
        --log-every 1000 >"$preset.out" 2>"$preset.err"
done
expect denoise 'doing nothing:' 6
expect denoise 'the best Gaussian blur' 1
expect superres 'bicubic:' 0.5
expect enlarge 'bicubic:' 0.5
