#!/usr/bin/env bash
# add_row.sh - writes a list of rows with one more.
#
#     add_row.sh HEADER NAME RESULT
#
# HEADER is one of lib/convlet/*_kinds.h. This, and the file that the row is of,
# is all that a new kind takes.
set -euo pipefail

awk -v name="$2" '
    /^#define CVL_[A-Z]+_KINDS\(ROW\)/ { within = 1 }
    within && !/\\$/ {
        $0 = $0 " ROW(" name ")"
        within = 0
        added = 1
    }
    { print }
    END { exit !added }' "$1" >"$3"
