#!/usr/bin/env bash
# run.sh - times convlet and its peers in turn, and gathers the figures.
#
#     run.sh CONVLET DIR SHAPES...
#
# The layers are those of all SHAPES. DIR holds the drivers peer_* and receives
# shapes.tsv, all layers, raw.tsv, every figure of every round, and peers.tsv,
# the best of them. What may be set in the environment, beside what common.sh
# names:
#
#     PEERS_SHAPES="S01 S08"   which layers (all)
#     PEERS_SECONDS=0.1        how long each phase runs in each round
set -euo pipefail

convlet=$1 dir=$2
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR
. "$here/common.sh"
seconds=${PEERS_SECONDS:-0.1}
raw=$dir/raw.tsv
shapes=$dir/shapes.tsv
cat -- "${@:3}" >"$shapes"
names=${PEERS_SHAPES:-$(awk 'NF && $1 !~ /^#/ { print $1 }' "$shapes")}

peers=()
for peer in onednn openblas; do
    if [ -x "$dir/peer_$peer" ]; then
        peers+=("$peer")
    else
        printf 'peers: no %s here; skipped\n' "$peer" >&2
    fi
done
if has_torch peers; then peers+=(torch); fi

# one PEER SHAPE THREADS: one visit, a row a phase.
one() {
    local command=("$dir/peer_$1" "$shapes" "$2" "$3" "$seconds")
    # Threads of one's own to each core. Not for OpenBLAS: its threads are no
    # OpenMP threads, and would all inherit the first one's core.
    local bind=(OMP_PROC_BIND=true)
    [ "$3" -gt 1 ] && [ "$1" != openblas ] || bind=()
    case $1 in
    convlet)
        command=("$convlet" bench --shapes "$shapes" --shape "$2"
            --threads "$3" --rounds 1 --seconds "$seconds")
        ;;
    torch)
        command=("$python" "$here/peer_torch.py" "$shapes" "$2" "$3"
            "$seconds" "$convlet")
        ;;
    esac
    # PyTorch's matrix products of 1x1 kernels ask OpenBLAS, which counts its
    # threads by itself.
    env "${bind[@]}" "OPENBLAS_NUM_THREADS=$3" "${command[@]}" \
        >>"$raw" 2>>"$dir/remarks" ||
        printf 'peers: %s failed on %s; see %s\n' "$1" "$2" "$dir/remarks" >&2
}

: >"$raw"
: >"$dir/remarks"
{
    describe_run "$seconds"
    for count in $threads; do
        "$convlet" bench --machine --threads "$count" |
            awk 'NR == 2 { print "# memory", $3, $5 }'
    done
} >"$dir/head"
for shape in $names; do
    for count in $threads; do
        printf 'peers: %s on %s thread(s)\n' "$shape" "$count" >&2
        for ((round = 0; round < rounds; round++)); do
            for peer in convlet "${peers[@]}"; do
                one "$peer" "$shape" "$count"
            done
        done
    done
done
{
    cat "$dir/head"
    awk -f "$here/best.awk" -f "$here/gather.awk" "$shapes" "$raw"
} >"$dir/peers.tsv"
