#!/usr/bin/env bash
# killed.sh - a rank is killed at any moment: the job ends, and the run goes on
# with another number of ranks, to the bytes that it would have had.
#
#     killed.sh ROOT BUILD CMAKE TYPE CONVLET [TIMES]
#
# So many TIMES, 50: a run that has ended before does not count. Status 77 where
# there is no MPI.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/ranks/common.sh
. "$here/common.sh"
convlet=$(realpath -- "$5")
times=${6:-50}
ranks_find
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
RANDOM=1
flags=(--preset digits --epochs 10 --shards 4 --checkpoint-every 10 --quiet
    --threads 1)
"$convlet" train "${flags[@]}" --out "$work/whole" >/dev/null 2>&1

milliseconds() { printf '%s\n' "$(($(date +%s%N) / 1000000))"; }

stopped=0
for ((i = 0; stopped < times && i < 3 * times; i++)); do
    kind=${kinds[i % ${#kinds[@]}]}
    ranks=$((2 + RANDOM % 2)) then=$((RANDOM % 4))
    ranks_build "$kind" "$1" "$2" "$3" "$4"
    if [ -z "${lasts[i % ${#kinds[@]}]:-}" ]; then
        start=$(milliseconds)
        on "$ranks" "${flags[@]}" --out "$work/cut" --force >/dev/null 2>&1
        lasts[i % ${#kinds[@]}]=$(($(milliseconds) - start))
    fi
    rm -rf -- "$work/cut"
    on "$ranks" "${flags[@]}" --out "$work/cut" >/dev/null 2>&1 &
    job=$!
    sleep "$(awk -v most="${lasts[i % ${#kinds[@]}]}" -v r="$RANDOM" \
        'BEGIN { printf "%.3f", most * r / 32768 / 1000 }')"
    pid=$(a_rank)
    [ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null || true
    if wait "$job"; then
        how='had ended'
    else
        how=killed stopped=$((stopped + 1))
    fi
    # One that was killed before it had a directory begins anew.
    again=(--resume "$work/cut" --quiet --threads 1)
    [ -e "$work/cut/config.ini" ] || again=("${flags[@]}" --out "$work/cut")
    on "$then" "${again[@]}" >/dev/null 2>"$work/err" || {
        printf 'ranks: %s, run %d: cannot go on: %s\n' "$kind" "$i" \
            "$(<"$work/err")"
        exit 1
    }
    for file in "$work"/whole/*.csv "$work/whole/model.safetensors"; do
        cmp -- "$file" "$work/cut/${file##*/}" || {
            printf 'ranks: %s, run %d (%s, %d ranks, then %d): other bytes\n' \
                "$kind" "$i" "$how" "$ranks" "$then"
            exit 1
        }
    done
done
printf 'ranks: %d of %d runs were killed, and all went on to the same bytes\n' \
    "$stopped" "$i"
[ "$stopped" = "$times" ]
