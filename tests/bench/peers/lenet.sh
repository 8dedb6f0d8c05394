#!/usr/bin/env bash
# lenet.sh - times a training step of LeNet-5 in convlet and beside it.
#
#     lenet.sh LENET DIR
#
# Batches of 64 images of 28x28, cross entropy, SGD. LENET is the program of
# lenet.c; DIR receives its arrays and rows.tsv, a row of every round. Prints
# the best of each, and PyTorch's over convlet's. tiny-dnn, where it and a C++
# compiler are, runs on one thread. In the environment:
#
#     PEERS_THREADS="1 2"      on how many threads
#     PEERS_ROUNDS=5           how often all are visited, in turn
#     PEERS_SECONDS=1          how long, each time
#     PEERS_PYTHON=python3     that imports torch; Debian's by default
set -euo pipefail

lenet=$1 dir=$2
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
seconds=${PEERS_SECONDS:-1}
python=${PEERS_PYTHON:-/usr/bin/python3}

# Its headers look for stb where no distribution has it.
build_tinydnn() {
    mkdir -p -- "$dir/include/third_party"
    ln -sfn /usr/include/stb "$dir/include/third_party/stb"
    c++ -std=c++14 -O3 -march=x86-64-v3 -DNDEBUG -DCNN_SINGLE_THREAD \
        -I"$dir/include" "$here/lenet_tinydnn.cpp" -o "$dir/tinydnn" \
        -lpthread >"$dir/remarks" 2>&1
}

mkdir -p -- "$dir"
: >"$dir/rows.tsv"
rm -f -- "$dir/tinydnn"
build_tinydnn || echo 'lenet: no tiny-dnn here; skipped' >&2
for threads in ${PEERS_THREADS:-1 2}; do
    for ((round = 0; round < ${PEERS_ROUNDS:-5}; round++)); do
        "$lenet" "$threads" "$seconds" "$dir"
        OPENBLAS_NUM_THREADS=$threads "$python" "$here/lenet_torch.py" \
            "$threads" "$seconds" "$dir"
        if [ "$threads" -eq 1 ] && [ -x "$dir/tinydnn" ]; then
            "$dir/tinydnn" "$seconds"
        fi
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
        peers = split("convlet pytorch tiny-dnn", peer, " ")
        for (i = 1; i <= count; i++) {
            t = threads[i]
            for (k = 1; k <= peers; k++) {
                key = peer[k] FS t
                if (key in min)
                    printf "%d\t%s\t%d\t%d\t%d\n", t, peer[k], min[key],
                        median[key], cpu[key]
            }
            printf "%d\tpytorch / convlet\t%.2f\t%.2f\t%.2f\n", t,
                ratio(min, t), ratio(median, t), ratio(cpu, t)
        }
    }' "$dir/rows.tsv"
