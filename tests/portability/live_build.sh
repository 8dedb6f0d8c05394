#!/usr/bin/env bash
# live_build.sh - builds the live page twice, and looks at its size.
#
#     live_build.sh ROOT BUILD CMAKE
#
# The page stays at BUILD/live.html, for who looks at it in a browser; the
# second one, of a build from the start, must be the same bytes. 77 without a
# compiler for WebAssembly.
set -euo pipefail

root=$1 build=$2 cmake=$3
most=300000 most_compressed=225000
again=$build/live_again

fail() {
    printf 'live_build: %s\n' "$*"
    exit 1
}

cd -- "$root"
rm -rf -- "$again"
mkdir -p -- "$again"
# Generators give the linker its objects in orders of their own.
generator=$(sed -n 's/^CMAKE_GENERATOR:INTERNAL=//p' "$build/CMakeCache.txt")
if ! "$cmake" --preset wasm -B "$again/wasm" -G "$generator" \
    >"$again/log" 2>&1; then
    missing=$(grep -m 1 -E '^ +No .* here: install' "$again/log") ||
        fail "$(tail -n 40 -- "$again/log")"
    printf 'live_build: skipped:%s\n' "$missing"
    exit 77
fi
"$cmake" --build "$build" --target live >"$again/live.log" 2>&1 ||
    fail "$(tail -n 40 -- "$again/live.log")"
"$cmake" --build "$again/wasm" --target convlet_live convlet_unlzma \
    >"$again/log" 2>&1 || fail "$(tail -n 40 -- "$again/log")"
module=app/convlet_live.wasm
app/live/join.sh app/live/page "$again/wasm/$module" \
    "$again/wasm/app/convlet_unlzma.wasm" "$again/live.html"
cmp -- "$build/wasm/$module" "$again/wasm/$module"
cmp -- "$build/live.html" "$again/live.html"

size=$(wc -c <"$build/live.html")
compressed=$(gzip -9nc -- "$build/live.html" | wc -c)
printf 'live_build: module %d bytes, page %d, %d compressed\n' \
    "$(wc -c <"$build/wasm/$module")" "$size" "$compressed"
[ "$size" -lt "$most" ] || fail "expected less than $most bytes"
[ "$compressed" -lt "$most_compressed" ] ||
    fail "expected less than $most_compressed bytes compressed"
