#!/usr/bin/env bash
# lenet.sh - times a training step of LeNet-5 in convlet and in PyTorch.
#
#     lenet.sh LENET DIR
#
# Batches of 64 images of 28x28, cross entropy, SGD. LENET is the program of
# lenet.c; DIR receives its arrays and rows.tsv, a row of every round. Prints
# the best of each, and PyTorch's over convlet's. In the environment:
#
#     PEERS_THREADS="1 2"      on how many threads
#     PEERS_ROUNDS=5           how often both are visited, in turn
#     PEERS_SECONDS=1          how long, each time
#     PEERS_PYTHON=python3     that imports torch; Debian's by default
set -euo pipefail

lenet=$1 dir=$2
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
seconds=${PEERS_SECONDS:-1}
python=${PEERS_PYTHON:-/usr/bin/python3}

mkdir -p -- "$dir"
: >"$dir/rows.tsv"
for threads in ${PEERS_THREADS:-1 2}; do
    for ((round = 0; round < ${PEERS_ROUNDS:-5}; round++)); do
        "$lenet" "$threads" "$seconds" "$dir"
        OPENBLAS_NUM_THREADS=$threads "$python" "$here/lenet_torch.py" \
            "$threads" "$seconds" "$dir"
    done
done >>"$dir/rows.tsv"

awk -F '\t' '
    {
        key = $1 FS $2
        if (!(key in min) || $3 < min[key]) min[key] = $3
        if (!(key in median) || $4 < median[key]) median[key] = $4
        if (!(key in cpu) || $5 < cpu[key]) cpu[key] = $5
        if (!($2 in seen)) threads[++count] = $2
        seen[$2] = 1
    }
    function ratio(of, t) { return of["pytorch" FS t] / of["convlet" FS t] }
    END {
        print "threads\tpeer\tmin_us\tmedian_us\tcpu_us"
        for (i = 1; i <= count; i++) {
            t = threads[i]
            for (k = 0; k < 2; k++) {
                key = (k ? "pytorch" : "convlet") FS t
                printf "%d\t%s\t%d\t%d\t%d\n", t, k ? "pytorch" : "convlet",
                    min[key], median[key], cpu[key]
            }
            printf "%d\tratio\t%.2f\t%.2f\t%.2f\n", t, ratio(min, t),
                ratio(median, t), ratio(cpu, t)
        }
    }' "$dir/rows.tsv"
