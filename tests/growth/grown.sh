#!/usr/bin/env bash
# grown.sh - a program with three new rows does everything with them.
#
#     grown.sh PROGRAM
#
# PROGRAM is convlet with the layer kind, the loss and the optimiser that lie
# beside this script, and nothing else changed.
set -euo pipefail

convlet=$(realpath -- "$1")
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cd -- "$work"

fail() {
    printf 'grown: %s\n' "$*"
    exit 1
}

# says WORDS COMMAND...: what the command prints holds the words, in whatever
# lines.
says() {
    local words=$1 text
    shift
    text=$("$@" 2>&1 | tr -s ' \n' '  ' || true)
    [[ $text == *"$words"* ]] || fail "'$words' is not in: $text"
}

# Every list of names has them.
says ' and square' "$convlet" train --net cube
says ', log-cosh' "$convlet" train --loss cube
says ', sign' "$convlet" train --optimizer cube
says '|log-cosh' "$convlet" train --help
says 'log-cosh: log cosh(y - t)' "$convlet" train --help
says '|sign' "$convlet" train --help
says 'sign: steps of one size, by the sign' "$convlet" train --help

# train NAME FLAGS...: a restorer with all three.
train() {
    "$convlet" train --quiet --target leaves --degrade noise:25 --color y \
        --patch 12 --batch-size 4 --lr-schedule constant --lr 0.0005 \
        --loss log-cosh --optimizer sign --momentum 0.5 --log-every 1 \
        --net 'conv 4 3x3 padding=same, square, conv 1 3x3 padding=same' \
        --out "$@"
}
train whole --steps 60 >log
awk -F '[:,]' '{ loss[NR] = $4 } END {
    for (i = 1; i <= 5; i++) { first += loss[i]; last += loss[NR - 5 + i] }
    exit !(NR == 60 && last < first)
}' log || fail "the loss does not fall: $(sed -n '1p;$p' log)"

# A run that was stopped goes on as if it was not.
train stopped --steps 25 >log
"$convlet" train --resume stopped --steps 60 --quiet >log
for file in model.safetensors checkpoint.safetensors loss.csv; do
    cmp -- "stopped/$file" "whole/$file" || fail "$file is another one"
done

# The model is shown, and applied in tiles as in one piece.
says 'square' "$convlet" show --model whole/model.safetensors
"$convlet" conv --input uniform:1,1,70,90 --weight 1 -o x.npy
for tile in 16 4096; do
    "$convlet" apply --quiet --model whole/model.safetensors --tile "$tile" \
        x.npy -o "$tile.npy"
done
cmp 16.npy 4096.npy || fail 'tiles show'
says '4 operators' "$convlet" export --model whole/model.safetensors -o net.onnx
grep -q Mul net.onnx || fail 'the new layer is not exported'

# What the new loss sends back is explained: tanh(4) + 3 tanh(9).
says 'float64: 3.99932920835919 matches: yes' "$convlet" explain --loss log-cosh --reduction sum \
    --input '[[1,2],[3,4]]' --weight '[[1,2]]' --target '[[1],[2]]' \
    --grad-weight 0,0,0,0
