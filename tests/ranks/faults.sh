#!/usr/bin/env bash
# faults.sh - every call of the system fails, in a program that knows MPI: alone,
# and in one of two ranks.
#
#     faults.sh ROOT BUILD CMAKE TYPE CONVLET
#
# Each case is judged as tests/fault does it: rank 0 says why in one line, all
# files are old or new, both ranks end, and not in status 0. What is injected
# and judged, fault.h and trial.h say. Status 77 where there is no MPI.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/ranks/common.sh
. "$here/common.sh"
convlet=$(realpath -- "$5")
ranks_find
kind=${kinds[0]}
ranks_build "$kind" "$1" "$2" "$3" "$4" convlet_faulty test_faults
export OMP_WAIT_POLICY=passive CK_RUN_CASE=faults

failed=0 counts=() wrong=0
# injected WHO: runs the faults, and counts them.
injected() {
    local log=$build/faults-$1.log count bad
    "$build/tests/fault/test_faults" >"$log" 2>&1 || failed=1
    [ "$failed" = 0 ] || tail -n 40 -- "$log"
    read -r count bad < <(sed -nE \
        's/^([0-9]+) faults injected into .*, ([0-9]+) wrong ends$/\1 \2/p' \
        -- "$log")
    counts+=("$count") wrong=$((wrong + bad))
}

CONVLET_FAULTS=most injected alone
export CONVLET_LAUNCHER=$here/launch_faulty.sh CONVLET_FAULTS=shared
export CONVLET_MPIRUN="${launcher[*]}"
for rank in 0 1; do
    export CONVLET_FAULTY_RANK=$rank
    injected "rank-$rank"
done
printf 'ranks: %s: %d faults alone, %d in rank 0 and %d in rank 1 of two, ' \
    "$kind" "${counts[@]}"
printf '%d wrong ends\n' "$wrong"
exit "$failed"
