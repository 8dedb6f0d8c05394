#!/usr/bin/env bash
# variant.sh - builds convlet in another way, and runs its tests there.
#
#     variant.sh ROOT BUILD CMAKE plain|clang|alone
#
# plain: strict C11 without optimisation, threads or vector kernels. clang: the
# other compiler, optimised. alone: without threads, else as usual. Warnings are
# errors in all of them. 77 where the compiler is missing.
set -euo pipefail

root=$1 build=$2/variant-$4 cmake=$3
case $4 in
plain)
    cc=gcc
    options=(-DCONVLET_THREADS=OFF -DCONVLET_HAS_VECTORS=OFF
        -DCMAKE_BUILD_TYPE=Debug '-DCMAKE_C_FLAGS=-O0 -pedantic-errors')
    ;;
clang)
    cc=clang
    options=(-DCMAKE_BUILD_TYPE=Release)
    ;;
alone)
    cc=gcc
    options=(-DCONVLET_THREADS=OFF -DCMAKE_BUILD_TYPE=RelWithDebInfo)
    ;;
*)
    echo "variant: unknown variant '$4', expected plain, clang or alone"
    exit 2
    ;;
esac
command -v "$cc" >/dev/null || {
    echo "variant: skipped: no $cc here"
    exit 77
}
mkdir -p -- "$build"
if ! {
    "$cmake" -S "$root" -B "$build" "-DCMAKE_C_COMPILER=$cc" \
        -DCONVLET_WERROR=ON "${options[@]}" &&
        "$cmake" --build "$build" -j 2
} >"$build/log" 2>&1; then
    tail -n 60 -- "$build/log"
    exit 1
fi
# The tree, its pages and pictures in a browser are the same for all builds, and
# mutants are copies of the library.
"$(dirname -- "$cmake")/ctest" --test-dir "$build" --output-on-failure -j 2 \
    -LE browser -E '^(guard_|docs_|site_|describe_|mutant)' \
    >"$build/ctest.log" 2>&1 || {
    tail -n 80 -- "$build/ctest.log"
    exit 1
}
printf 'variant: %s: %s\n' "$4" "$(grep 'tests passed' "$build/ctest.log")"
