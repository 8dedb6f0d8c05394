#!/usr/bin/env bash
# check.sh - the check that a patch names passes on convlet, and sees the fault.
#
#     check.sh PATCH RIGHT WRONG COPY COUNTS
#
# RIGHT and WRONG are the program that runs the check, without and with the
# fault; COPY is what apply.sh made. The patch's line "Check:" is either
#
#     convlet check FLAG ...      which must end with status 5 on the fault
#     test_NAME[/CASE] SENTENCE   whose test of that name must fail on it
#
# COUNTS/NAME.count gets "mutants 1", for the summary.
set -euo pipefail

patch=$1 right=$2 wrong=$3 copy=$4 counts=$5
name=$(basename -- "$patch" .patch)
check=$(sed -n 's/^Check: //p' "$patch")

fail() {
    printf '%s: %s\n' "$name" "$*"
    exit 1
}

[ ! -e "$copy/refused" ] ||
    fail "the patch does not apply: $(cat -- "$copy/refused")"
read -ra words <<<"$check"
case ${words[0]} in
convlet)
    status=0
    "$right" "${words[@]:1}" || fail "convlet itself fails: $check"
    "$wrong" "${words[@]:1}" || status=$?
    [ "$status" = 5 ] || fail "status $status, expected 5, from: $check"
    ;;
test_*)
    if [[ ${words[0]} == */* ]]; then
        export CK_RUN_CASE=${words[0]#*/}
    fi
    "$right" || fail "convlet itself fails: $check"
    ! output=$("$wrong") || fail "the fault is not seen by: $check"
    printf '%s\n' "$output"
    [[ $output == *":F:"*":${words[1]}:"* ]] ||
        fail "another test fails than ${words[1]}"
    ;;
*) fail "no such kind of check: $check" ;;
esac
mkdir -p -- "$counts"
printf 'mutants 1\n' >"$counts/mutant_$name.count"
