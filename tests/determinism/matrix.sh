#!/usr/bin/env bash
# matrix.sh - the same bits for any number of threads, in every column.
#
#     matrix.sh PROGRAM PICTURE few|all [OTHER]
#
# A column is a preset, an algorithm, a precision and an instruction set that
# this processor has. In it, training on 1, 2, 3, 4 and 7 threads must log the
# same losses and leave the same model, byte for byte. OTHER is the program
# built by another compiler: it must agree in the columns of algorithm direct,
# and how often it does in the others is told.
set -euo pipefail

program=$1 picture=$2 extent=$3 other=${4:-}
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cd -- "$work"

fail() {
    printf 'determinism: %s\n' "$*"
    exit 1
}

case $extent in
few)
    presets=(notebook stack layers) algorithms=(auto direct winograd)
    threads=(1 2 7)
    ;;
all)
    presets=(notebook filter denoise superres enlarge digits stack layers shards
        classes)
    algorithms=(auto im2col direct winograd winograd2) threads=(1 2 3 4 7)
    ;;
*) fail "expected few or all, not '$extent'" ;;
esac

isas=()
for isa in base avx2 avx512; do
    if "$program" conv --input '1 2 3' --weight '1 2' --isa "$isa" \
        >/dev/null 2>&1; then
        isas+=("$isa")
    fi
done
[ ${#isas[@]} -gt 0 ] || fail "$("$program" conv --input 1 --weight 1 2>&1)"

# settings PRESET: into `words`; they take a moment instead of minutes.
settings() {
    case $1 in
    notebook) words=(--preset notebook --steps 20 --height 60 --width 60) ;;
    filter)
        words=(--input "$picture" --target filter:gaussian --kernels 3
            --groups 3 --steps 3 --lr auto)
        ;;
    denoise)
        words=(--target leaves --degrade noise:25 --steps 2 --batch-size 2)
        ;;
    enlarge)
        words=(--target leaves --degrade shrink:2 --steps 2 --batch-size 2)
        ;;
    digits) words=(--preset digits --steps 4 --batch-size 100) ;;
    superres)
        words=(--target leaves --degrade down:2 --steps 2 --batch-size 2)
        ;;
    stack)
        words=(--steps 4 --lr 1e-4 --init kaiming --reduction mean --batch 5
            --channels 3 --height 29 --width 38 --net "conv 18 3x3 padding=same,
            relu, conv 21 3x3, relu, conv 2 3x3 padding=1")
        ;;
    shards)
        settings stack
        words+=(--shards 3)
        ;;
    layers)
        words=(--steps 4 --init kaiming --reduction mean --batch 5 --channels 3
            --height 29 --width 38 --optimizer adam --loss huber --net "conv 6
            3x3 padding=same groups=3, batchnorm, leaky 0.1, maxpool 2, conv 4
            3x3 dilation=2, tanh, avgpool 3 stride=2 padding=1, sigmoid, dense 7")
        ;;
    classes)
        words=(--data digits --batch-size 100 --steps 6 --shards 4 --shift 1
            --standardize --label-smoothing 0.1 --hold-out last:100 --net "conv 6
            3x3, batchnorm, relu, maxpool 2, dense auto")
        ;;
    esac
}

# Does this build have winograd?
winograd=no
if "$program" explain --algorithm winograd >/dev/null 2>&1; then winograd=yes; fi

# The others of these nets have layers that winograd is not for; where there is
# little time, all the other kinds of layers have one algorithm.
is_for() {
    case $extent,$preset,$algorithm in
    *,stack,winograd* | *,shards,winograd*) [ "$winograd" = yes ] ;;
    *,winograd*) false ;;
    few,layers,*) [ "$algorithm" = auto ] ;;
    esac
}

# train_into PROGRAM DIRECTORY THREADS
train_into() {
    local words
    settings "$preset"
    "$1" train --quiet "${words[@]}" --algorithm "$algorithm" \
        --dtype "$dtype" --isa "$isa" --threads "$3" --out "$2" >"$2.out" \
        2>"$2.err" || fail "$column: $(<"$2.err")"
    cp -- "$2/model.safetensors" "$2.model"
    rm -rf -- "$2"
}

same() {
    cmp -s -- "$1.out" "$2.out" && cmp -s -- "$1.model" "$2.model"
}

runs=0 columns=0 agree=0
compare_column() {
    local count first=
    columns=$((columns + 1))
    for count in "${threads[@]}"; do
        train_into "$program" "t$count" "$count"
        runs=$((runs + 1))
        first=${first:-t$count}
        same "$first" "t$count" ||
            fail "$column: $count threads differ from ${threads[0]}"
    done
    [ -n "$other" ] || return 0
    train_into "$other" other 2
    runs=$((runs + 1))
    if same "$first" other; then
        agree=$((agree + 1))
    elif [ "$algorithm" = direct ]; then
        fail "$column: $other differs from $program"
    fi
}

for preset in "${presets[@]}"; do
    for algorithm in "${algorithms[@]}"; do
        is_for || continue
        for dtype in float32 float64; do
            for isa in "${isas[@]}"; do
                column="$preset, $algorithm, $dtype, $isa"
                compare_column
            done
        done
    done
done
printf 'determinism: %d runs in %d columns (%s), the same bits in each' \
    "$runs" "$columns" "${isas[*]}"
[ -z "$other" ] || printf '; the other compiler agrees in %d' "$agree"
printf '\n'
