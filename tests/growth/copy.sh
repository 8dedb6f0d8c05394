#!/usr/bin/env bash
# copy.sh - a copy of the tree with three files and three rows more is whole.
#
#     copy.sh ROOT BUILD CMAKE
#
# Nothing else is edited: not the build, a message, a help text, or a test of
# them. What the new rows must do, grown.sh and test_grown.c say; and the copy's
# own guards must be content. (Tests that quote a whole list of names would not
# be.)
set -euo pipefail

root=$1 copy=$2/growth cmake=$3
here=$root/tests/growth
rm -rf -- "$copy"
mkdir -p -- "$copy/tree"
cp -R -- "$root"/{CMakeLists.txt,CMakePresets.json,app,assets,docs,lib,tests} \
    "$copy/tree"
for kind in layer:square loss:log_cosh optimizer:sign; do
    table=${kind%:*} row=${kind#*:}
    kinds=lib/convlet/${table}_kinds.h
    cp -- "$here/${table}_$row.c" "$copy/tree/lib/convlet"
    "$here/add_row.sh" "$root/$kinds" "$row" "$copy/tree/$kinds"
done

if ! {
    "$cmake" -S "$copy/tree" -B "$copy/build" -DCMAKE_BUILD_TYPE=Release &&
        "$cmake" --build "$copy/build"
} >"$copy/log" 2>&1; then
    tail -n 40 -- "$copy/log"
    exit 1
fi
"$here/grown.sh" "$copy/build/app/convlet"
ctest --test-dir "$copy/build" --output-on-failure \
    -R '^(grown_library|guard_(floors|symbols|style|format))$'
