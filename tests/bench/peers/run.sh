#!/usr/bin/env bash
# run.sh - times convlet and its peers in turn, and gathers the figures.
#
#     run.sh CONVLET SHAPES DIR
#
# DIR holds the drivers peer_* and receives raw.tsv, every figure of every
# round, and peers.tsv, the best of them. What may be set in the environment:
#
#     PEERS_SHAPES="S01 S08"   which layers (all)
#     PEERS_THREADS="1 2"      on how many threads
#     PEERS_ROUNDS=5           how often everything is visited
#     PEERS_SECONDS=0.1        how long each phase runs in each round
#     PEERS_PYTHON=python3     that imports torch; Debian's by default
set -euo pipefail

convlet=$1 shapes=$2 dir=$3
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
threads=${PEERS_THREADS:-1 2}
rounds=${PEERS_ROUNDS:-5}
seconds=${PEERS_SECONDS:-0.1}
python=${PEERS_PYTHON:-/usr/bin/python3}
raw=$dir/raw.tsv
names=${PEERS_SHAPES:-$(awk 'NF && $1 !~ /^#/ { print $1 }' "$shapes")}

peers=()
for peer in onednn openblas; do
    if [ -x "$dir/peer_$peer" ]; then
        peers+=("$peer")
    else
        printf 'peers: no %s here; skipped\n' "$peer" >&2
    fi
done
if "$python" -c 'import torch' 2>/dev/null; then
    peers+=(torch)
else
    printf 'peers: no torch in %s; skipped\n' "$python" >&2
fi

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
processor=$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)
{
    printf '# date %s\n' "$(date -u +%Y-%m-%d)"
    printf '# processor %s\n' "${processor:-unknown}"
    # Others at work spoil the figures of several threads above all.
    printf '# load %s\n' "$(cut -d ' ' -f 1 /proc/loadavg)"
    printf '# rounds %s\n# seconds %s\n' "$rounds" "$seconds"
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
    awk -f "$here/gather.awk" "$shapes" "$raw"
} >"$dir/peers.tsv"
