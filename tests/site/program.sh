#!/usr/bin/env bash
# program.sh - the program that a page shows prints what the page says.
#
#     program.sh PAGE.md NUMBER PROGRAM [ARGUMENT...]
#
# The page's block of that number in "text" is the output; numbers to a
# thousandth. 77 where there is no such program.
set -euo pipefail

page=$(realpath -- "$1")
number=$2
shift 2
command -v -- "$1" >/dev/null || { printf 'there is no %s\n' "$1" && exit 77; }
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cd -- "$work"

awk -v language=text -v number="$number" -f "$here/program.awk" "$page" >expected
"$@" >got
[ -s got ]
if ! awk -v tolerance=1e-3 -v absolute=0 -f "$here/../docs/same.awk" \
    expected got; then
    printf '%s: its program prints something else:\n' "$page"
    diff expected got
    exit 1
fi
printf '%d lines are as the page says\n' "$(wc -l <got)"
