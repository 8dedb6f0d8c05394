#!/usr/bin/env bash
# launch_faulty.sh - a program on two ranks, one of which has the plan of
# CONVLET_FAULT: that of the number CONVLET_FAULTY_RANK.
#
#     launch_faulty.sh PROGRAM WORD...
#
# CONVLET_MPIRUN is how ranks are started. What that says itself is passed over;
# stderr is the ranks', and the status theirs. Who takes longer than a minute
# hangs, and is ended by status 124.
set -euo pipefail

if [ -n "${CONVLET_RANK_ERRORS:-}" ]; then
    rank=${OMPI_COMM_WORLD_RANK:-${PMI_RANK:-}}
    [ "$rank" = "$CONVLET_FAULTY_RANK" ] || unset CONVLET_FAULT
    exec "$@" 2>>"$CONVLET_RANK_ERRORS"
fi

CONVLET_RANK_ERRORS=$(mktemp)
export CONVLET_RANK_ERRORS
trap 'rm -f -- "$CONVLET_RANK_ERRORS"' EXIT
read -ra launcher <<<"$CONVLET_MPIRUN"
status=0
timeout 60 "${launcher[@]}" -n 2 "${BASH_SOURCE[0]}" "$@" 2>/dev/null ||
    status=$?
cat -- "$CONVLET_RANK_ERRORS" >&2
exit "$status"
