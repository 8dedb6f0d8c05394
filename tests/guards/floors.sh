#!/usr/bin/env bash
# floors.sh - fails on an include that points upwards, through a wall, or round.
#
#     floors.sh TABLE ROOT
#
# TABLE is tests/floors, which gives the rules. Prints one line a breach.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
table=$(realpath -- "$1")
cd -- "$2"

files() {
    find lib app tests -name '*.[ch]' | LC_ALL=C sort
}
{
    files
    files | xargs -r grep -nHE '^[[:space:]]*#[[:space:]]*include' || true
} | LC_ALL=C awk -f "$here/arrows.awk" -f "$here/includes.awk" -- "$table" -
