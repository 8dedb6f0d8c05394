#!/usr/bin/env bash
# recovered.sh - each optimiser finds a filter on pictures of every kind.
#
#     recovered.sh CONVLET [KIND...]
#
# Draws a picture of each kind, all ten without KIND, filters it, and prints a
# row for each kernel's size: how far the weights end from those of least
# squares (conjugate gradients in float64), and "told" or, where convlet says
# that the pair cannot identify the filter, "warned". Fails where a pair is
# told and a weight is off by more than 0.02, or 0.005 for cg.
set -euo pipefail

convlet=$(realpath -- "$1")
shift
kinds=("$@")
[ $# -gt 0 ] ||
    kinds=(flat texture waves discs stripes checker gradient photo leaves noise)
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cd -- "$work"

# draw KIND: 96 x 96 in 8 bits, as PGM.
draw() {
    LC_ALL=C awk -v kind="$1" 'BEGIN {
        srand(7); n = 96; many = kind == "leaves" || kind == "photo" ? 400 : 60
        for (i = 0; i < many; i++) {
            cx[i] = n * rand(); cy[i] = n * rand(); v[i] = 30 + 195 * rand()
            r[i] = 2 + 6 / (0.1 + rand())
        }
        printf "P5\n%d %d\n255\n", n, n
        for (y = 0; y < n; y++) for (x = 0; x < n; x++) {
            g = 128; near = 1e9
            if (kind == "flat") for (i = 0; i < 40; i++) {
                d = (x - cx[i])^2 + (y - cy[i])^2
                if (d < near) { near = d; g = v[i] }
            }
            if (kind ~ /discs|leaves|photo/) for (i = 0; i < many; i++)
                if ((x - cx[i])^2 + (y - cy[i])^2 < r[i]^2) g = v[i]
            if (kind == "photo") g = 0.8 * g + 12 * sin(x / 9) + 8 * rand()
            if (kind == "texture")
                g += 40 * sin(x / 2 + 3 * sin(y / 7)) * cos(y / 3) + 40 * rand()
            if (kind == "waves") for (i = 1; i < 24; i++)
                g += 60 / i * sin(i * (x * cos(v[i]) + y * sin(v[i])) / 7 + v[i])
            if (kind == "stripes") g += 60 * sin(1.1 * x + 0.4 * y) + 30 * rand()
            if (kind == "checker")
                g = 40 + 90 * ((int(x / 5) + int(y / 5)) % 2) + \
                    v[(int(x / 5) * 7 + int(y / 5) * 13) % 60] / 3
            if (kind == "gradient") g = 40 + x + y / 2 + 4 * rand()
            if (kind == "noise") g = 20 + 215 * rand()
            printf "%c", int(g < 1 ? 1 : g > 254 ? 254 : g)
        }
    }'
}

# weights RUN: its kernel, a number a line.
weights() {
    "$convlet" show --model "$1/model.safetensors" |
        awk 'rows { for (i = 1; i <= NF; i++) print $i } /^layer 0/ { rows = 1 }'
}

status=0
printf 'picture\tkernel\tcg\tadam\tsgd\tpair\n'
for kind in "${kinds[@]}"; do
    draw "$kind" >in.pgm
    for what in 3:sharpen 5:gaussian 7:gaussian 3,9:emboss; do
        size=${what%:*}
        "$convlet" train --quiet --force --input in.pgm --kernel-size "$size" \
            --target "filter:${what#*:}" --kernels 1 --padding same --stride 1 \
            --steps 1 --out made >/dev/null
        train=("$convlet" train --force --preset filter --input in.pgm
            --target made/target.png --kernel-size "$size" --log-every 100000)
        "${train[@]}" --optimizer cg --dtype float64 --out least \
            >/dev/null 2>said
        weights least >least.txt
        pair=told
        ! grep -q 'too little detail' said || pair=warned
        printf '%s\t%s' "$kind" "$size"
        for way in cg adam sgd; do
            "${train[@]}" --quiet --optimizer "$way" --out run >/dev/null
            off=$(weights run | paste least.txt - | awk '{ d = $1 - $2
                d = d < 0 ? -d : d; if (d > m) m = d } END { print m + 0 }')
            printf '\t%s' "$off"
            [ "$pair" = warned ] || awk -v off="$off" -v way="$way" \
                'BEGIN { exit off > (way == "cg" ? 0.005 : 0.02) }' || status=1
        done
        printf '\t%s\n' "$pair"
    done
done
exit "$status"
