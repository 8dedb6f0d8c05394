#!/usr/bin/env bash
# summary.sh - adds up what the tests of the documentation counted.
#
#     summary.sh COUNTS [WHAT=FLOOR ...]
#
# Each of those tests leaves a file COUNTS/NAME.count with lines "WHAT NUMBER",
# such as "blocks 9", "figures 2" or "mutants 12". In CTest they belong to the
# fixture docs_counted and require docs_cleared. A sum below its floor fails.
set -euo pipefail

counts=$1
shift
declare -A sum=()
while read -r what number; do
    sum[$what]=$((${sum[$what]:-0} + number))
done < <(cat -- "$counts"/*.count)

printf '%d executed blocks with %d commands (%d blocks are left out)\n' \
    "${sum[blocks]:-0}" "${sum[commands]:-0}" "${sum[left_out]:-0}"
printf '%d figures drawn and compared\n' "${sum[figures]:-0}"
[ -z "${sum[mutants]:-}" ] || printf '%d mutants caught\n' "${sum[mutants]}"
for floor in "$@"; do
    if [ "${sum[${floor%=*}]:-0}" -lt "${floor#*=}" ]; then
        printf 'there must be at least %d %s\n' "${floor#*=}" "${floor%=*}"
        exit 1
    fi
done
