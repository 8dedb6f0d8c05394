#!/usr/bin/env bash
# nets.sh - times training steps of whole nets, convlet's and beside it.
#
#     nets.sh CONVLET PRESETS DIR
#
# The nets are those of presets, PRESETS/NAME.ini, and lenet.ini; convlet draws
# its batches, as in training, and PyTorch has one that stays. DIR receives
# nets_raw.tsv, every figure of every round, and nets.tsv, the best of them:
#
#     NET  PEER  THREADS  LOAD  MIN_US  MEDIAN_US
#
# LOAD is quiet, or busy: while others compute beside. tiny-dnn, where it and a
# C++ compiler are, runs LeNet-5 on one thread. What may be set in the
# environment, beside what common.sh names:
#
#     PEERS_NETS="lenet"       which nets (all five)
#     PEERS_SECONDS=1          how long each runs in each round
#     PEERS_BUSY=1             how many others compute while it is busy
set -euo pipefail

convlet=$1 presets=$2 dir=$3
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR
. "$here/common.sh"
seconds=${PEERS_SECONDS:-1}
nets=${PEERS_NETS:-denoise superres enlarge lenet digits}
raw=$dir/nets_raw.tsv

others=()
stop_others() {
    if [ ${#others[@]} -gt 0 ]; then
        kill "${others[@]}"
        wait "${others[@]}" 2>/dev/null || true
    fi
    others=()
}
trap stop_others EXIT

# set_load quiet|busy
set_load() {
    stop_others
    local i
    for ((i = 0; i < ${PEERS_BUSY:-1}; i++)); do
        [ "$1" = busy ] || continue
        awk 'BEGIN { for (;;) x++ }' &
        others+=("$!")
    done
}

# Its headers look for stb where no distribution has it.
build_tinydnn() {
    mkdir -p -- "$dir/include/third_party"
    ln -sfn /usr/include/stb "$dir/include/third_party/stb"
    c++ -std=c++14 -O3 -march=x86-64-v3 -DNDEBUG -DCNN_SINGLE_THREAD \
        -I"$dir/include" "$here/nets_tinydnn.cpp" -o "$dir/nets_tinydnn" \
        -lpthread >>"$dir/remarks" 2>&1
}

# What a preset says and `convlet bench` takes, without the sections.
bench_settings() {
    local keys='net|batch|channels|height|width|data|shift|target|degrade'
    keys+='|patch|color|batch-size|residual|optimizer|loss'
    sed -nE "/^($keys) = /p" "$1"
}

time_convlet() {
    "$convlet" bench --config "$dir/$1.ini" --threads "$2" --rounds 1 \
        --seconds "$seconds" | awk -F '\t' '
        NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i }
        $column["phase"] == "step" {
            print $column["min_us"] FS $column["median_us"]
        }'
}

time_pytorch() {
    OPENBLAS_NUM_THREADS=$2 "$python" -B "$here/nets_torch.py" \
        "$(settings_of "$1")" "$2" "$seconds" "$convlet"
}

time_tinydnn() {
    if [ "$1" = lenet ] && [ "$2" -eq 1 ]; then
        "$dir/nets_tinydnn" "$seconds"
    fi
}

settings_of() {
    if [ "$1" = lenet ]; then
        printf '%s\n' "$here/lenet.ini"
    else
        printf '%s\n' "$presets/$1.ini"
    fi
}

mkdir -p -- "$dir"
: >"$raw"
: >"$dir/remarks"
peers=(convlet)
if has_torch nets; then peers+=(pytorch); fi
rm -f -- "$dir/nets_tinydnn"
case " $nets " in
*' lenet '*)
    if build_tinydnn; then
        peers+=(tinydnn)
    else
        echo 'nets: no tiny-dnn here; skipped' >&2
    fi
    ;;
esac
describe_run "$seconds" >"$dir/nets_head"
for net in $nets; do
    bench_settings "$(settings_of "$net")" >"$dir/$net.ini"
    for count in $threads; do
        printf 'nets: %s on %s thread(s)\n' "$net" "$count" >&2
        for ((round = 0; round < rounds; round++)); do
            for load in quiet busy; do
                set_load "$load"
                for peer in "${peers[@]}"; do
                    times=$("time_$peer" "$net" "$count")
                    [ -z "$times" ] || printf '%s\t%s\t%s\t%s\t%s\n' "$net" \
                        "$peer" "$count" "$load" "$times" >>"$raw"
                done
            done
            stop_others
        done
    done
done
{
    cat "$dir/nets_head"
    printf '# busy %s\n' "${PEERS_BUSY:-1}"
    awk -F '\t' -f "$here/best.awk" -f "$here/nets_gather.awk" "$raw"
} >"$dir/nets.tsv"
