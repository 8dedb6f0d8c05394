#!/usr/bin/env bash
# symbols.sh - fails on an object that takes a symbol from a higher floor, and
# on objects that take from each other in a circle.
#
#     symbols.sh TABLE BUILD OBJECT...
#
# TABLE is tests/floors, which gives the rules; the OBJECTs lie below BUILD,
# where CMake puts them. It sees what floors.sh does not: a declaration by hand,
# a header whose functions are defined in another file. Prints one line a breach.
set -euo pipefail

command -v nm >/dev/null || exit 77
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
table=$1 build=$2
shift 2
{ [ "$#" -eq 0 ] || nm -P -A -- "$@"; } |
    LC_ALL=C awk -v build="$build" -f "$here/arrows.awk" \
        -f "$here/symbols.awk" -- "$table" -
