#!/usr/bin/env bash
# sanitize.sh - builds convlet with a sanitizer, and runs its fast tests there.
#
#     sanitize.sh ROOT BUILD CMAKE asan|asan-clang|msan|tsan
#
# The kind is a preset of CMakePresets.json. Prints what ctest says of the
# tests, and how many lines of their output are reports. 77 without clang,
# which all but asan need.
set -euo pipefail

root=$1 build=$2/sanitize-$4 cmake=$3 kind=$4
if [ "$kind" != asan ] && ! command -v clang >/dev/null; then
    echo "sanitize: skipped: no clang here"
    exit 77
fi
mkdir -p -- "$build"
cd -- "$root"
if ! {
    "$cmake" --preset "$kind" -B "$build" &&
        "$cmake" --build "$build" -j "$(nproc)"
} >"$build/log" 2>&1; then
    tail -n 60 -- "$build/log"
    exit 1
fi
# The tree, its pages and pictures in a browser are the same for all builds,
# and mutants are copies of the library.
status=0
"$(dirname -- "$cmake")/ctest" --test-dir "$build" --output-on-failure \
    -j "$(nproc)" -L fast -E '^(guard_|docs_|site_|describe_|mutant|browser)' \
    >"$build/ctest.log" 2>&1 || status=$?
reports=$(grep -cE '(Address|Memory|Thread|Leak)Sanitizer:|: runtime error:' \
    "$build/Testing/Temporary/LastTest.log" || true)
[ "$status$reports" = 00 ] || tail -n 120 -- "$build/ctest.log"
printf 'sanitize: %s: %s, %d reports\n' "$kind" \
    "$(grep 'tests passed' "$build/ctest.log")" "$reports"
[ "$status$reports" = 00 ]
