#!/usr/bin/env bash
# seeds.sh - the restoring presets do not depend on luck: whole runs from many
# seeds, with every instruction set of this processor, as a table.
#
#     seeds.sh CONVLET SCENE [SEEDS [PRESET...]]
#
# Prints a line a run, then the median and the spread of each column. Fails
# where a spread is above half a decibel, where more than one rectifier in ten
# is dead, or where denoise's median gains no more than 10.2 dB. SEEDS is 10.
# A run takes minutes on one thread, and every processor has one at a time: all
# of them take hours.
set -euo pipefail

convlet=$(realpath -- "$1")
scene=$(realpath -- "$2")
seeds=${3:-10}
shift "$(($# < 3 ? $# : 3))"
[ $# -gt 0 ] || set -- denoise superres enlarge
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cd -- "$work"

# The instruction sets that `bench` can be asked for here.
sets=()
for isa in base avx2 avx512; do
    if "$convlet" bench --machine --isa "$isa" --threads 1 \
        >/dev/null 2>&1; then
        sets+=("$isa")
    fi
done

# run PRESET ISA SEED: a line of the table.
run() {
    local out="$1.$2.$3"
    "$convlet" train --preset "$1" --isa "$2" --seed "$3" --threads 1 \
        --validation "$scene" --log-every 1000000 --out "$out" \
        >/dev/null 2>"$out.notes" || true
    awk -v preset="$1" -v isa="$2" -v seed="$3" '
        match($0, /held out: PSNR .*/) && match($0, /\([-+][0-9.]+ dB\)/) {
            gain = substr($0, RSTART + 1, RLENGTH - 5)
        }
        match($0, /Dead channels<\/dt><dd>[0-9]+ of [0-9]+/) {
            counts = substr($0, RSTART, RLENGTH)
            sub(/.*>/, "", counts)
            split(counts, word, " ")
            dead = word[1]
            all = word[3]
        }
        END {
            printf "%s\t%s\t%s\t%s\t%d\t%d\n", preset, isa, seed, gain, dead, \
                all
        }' "$out.notes" "$out/report.html" | tee -a table
    rm -r -- "$out"
}

printf 'preset\tisa\tseed\tgain_db\tdead\trectifiers\n'
for preset in "$@"; do
    for isa in "${sets[@]}"; do
        for ((seed = 0; seed < seeds; seed++)); do
            [ "$(jobs -rp | wc -l)" -lt "$(nproc)" ] || wait -n || true
            run "$preset" "$isa" "$seed" &
        done
    done
done
wait

awk -F '\t' -v runs_of_all="$(($# * ${#sets[@]} * seeds))" '
    { key = $1 " " $2; runs[key]++; value[key, runs[key]] = $4 }
    $4 == "" || !$6 { print key ", seed " $3 ": no result"; failed = 1 }
    $5 * 10 > $6 {
        printf "%s, seed %s: %d of %d rectifiers are dead\n", key, $3, $5, $6
        failed = 1
    }
    END {
        for (key in runs) {
            n = runs[key]
            for (i = 2; i <= n; i++) {
                v = value[key, i]
                for (j = i - 1; j > 0 && value[key, j] + 0 > v + 0; j--)
                    value[key, j + 1] = value[key, j]
                value[key, j + 1] = v
            }
            median = (value[key, int((n + 1) / 2)] + \
                value[key, int(n / 2) + 1]) / 2
            spread = value[key, n] - value[key, 1]
            printf "%s: median %+.2f dB, spread %.2f dB over %d seeds\n", \
                key, median, spread, n
            if (spread > 0.5 || (key ~ /^denoise/ && median <= 10.2))
                failed = 1
        }
        exit failed || NR != runs_of_all
    }' table
