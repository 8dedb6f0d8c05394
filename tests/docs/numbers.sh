#!/usr/bin/env bash
# numbers.sh - holds chapters 0b to 11c and 19 to 25 to the rule that every
# number that they tell was printed above: numbers.awk.
#
#     numbers.sh ROOT
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
cd -- "$1"
failed=0
for chapter in docs/00b-*.md docs/0[1-9]-*.md docs/1[01]*-*.md docs/19-*.md \
    docs/2*-*.md; do
    [ ! -e "$chapter" ] || awk -f "$here/numbers.awk" "$chapter" || failed=1
done
exit "$failed"
