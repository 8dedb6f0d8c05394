#!/usr/bin/env bash
# bits.sh - a table of what is trained, by whatever number of ranks and threads:
# one digest a column.
#
#     bits.sh ROOT BUILD CMAKE TYPE CONVLET
#
# Trains a notebook of 16 images, a denoiser and the digits with CONVLET, which
# knows no MPI, and on 1 to 4 ranks of each MPI that is here (status 77 where
# there is none), with 1 and 2 threads. Prints the digests of weights and logs;
# fails where a column has two.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/ranks/common.sh
. "$here/common.sh"
convlet=$(realpath -- "$5")
ranks_find
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

# digest RANKS THREADS FLAG...: of the weights, and of what was said of each
# step and epoch.
digest() {
    local ranks=$1 threads=$2
    shift 2
    on "$ranks" --threads "$threads" --quiet --out "$work/run" --force "$@" \
        >"$work/log" 2>"$work/err" || {
        echo failed
        return
    }
    cat -- "$work/log" "$work/run/model.safetensors" "$work"/run/*.csv |
        sha256sum | cut -c 1-16
}

# row NAME RANKS: with 1 and 2 threads.
row() {
    local threads
    for threads in 1 2; do
        printf '%-8s %5s %7s  %-16s %-16s %-16s\n' "$1" "$2" "$threads" \
            "$(digest "$2" "$threads" --batch 16 --shards 8)" \
            "$(digest "$2" "$threads" --preset denoise --batch-size 16 \
                --shards 8 --steps 30 --log-every 10)" \
            "$(digest "$2" "$threads" --preset digits --epochs 2 --shards 4)"
    done
}

printf '%-8s %5s %7s  %-16s %-16s %-16s\n' MPI ranks threads \
    'notebook of 16' denoise digits
{
    row none 0
    for kind in "${kinds[@]}"; do
        ranks_build "$kind" "$1" "$2" "$3" "$4"
        for ranks in 1 2 3 4; do row "$kind" "$ranks"; done
    done
} | tee "$work/table"
awk '{ for (i = 4; i <= 6; i++) if ($i != first[i] && NR > 1) bad = 1
       else first[i] = $i
       if (/failed/) bad = 1 }
     END { print bad ? "ranks: other bits" : "ranks: one digest a column"
           exit bad }' "$work/table"
