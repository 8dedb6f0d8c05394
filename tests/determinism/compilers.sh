#!/usr/bin/env bash
# compilers.sh - the whole matrix, with a program of the other compiler beside.
#
#     compilers.sh ROOT BUILD CMAKE COMPILER_ID PROGRAM PICTURE
#
# gcc's program is compared with one that clang builds here, and the other way
# round. Where there is no other compiler, the matrix is run without.
set -euo pipefail

root=$1 build=$2/determinism cmake=$3 id=$4 program=$5 picture=$6
case $id in
GNU) other=clang ;;
*) other=gcc ;;
esac
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)

if ! command -v "$other" >/dev/null; then
    echo "determinism: no $other here to compare with"
    exec "$here/matrix.sh" "$program" "$picture" all
fi
mkdir -p -- "$build"
if ! {
    "$cmake" -S "$root" -B "$build" "-DCMAKE_C_COMPILER=$other" \
        -DBUILD_TESTING=OFF -DCMAKE_BUILD_TYPE=Release &&
        "$cmake" --build "$build" --target convlet_program
} >"$build/log" 2>&1; then
    cat -- "$build/log"
    exit 1
fi
exec "$here/matrix.sh" "$program" "$picture" all "$build/app/convlet"
