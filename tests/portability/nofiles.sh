#!/usr/bin/env bash
# nofiles.sh - builds the library without files, and trains with it.
#
#     nofiles.sh ROOT BUILD CMAKE CC
#
# What of the system it takes must not open, read or write anything; what is
# only there with files must be gone. 77 without nm.
set -euo pipefail

root=$1 build=$2/nofiles cmake=$3 cc=$4
command -v nm >/dev/null || {
    echo 'nofiles: skipped: no nm here'
    exit 77
}
mkdir -p -- "$build"
if ! {
    "$cmake" --fresh -S "$root" -B "$build" "-DCMAKE_C_COMPILER=$cc" \
        -DCONVLET_FILES=OFF -DCONVLET_THREADS=OFF -DCONVLET_WERROR=ON \
        -DCMAKE_BUILD_TYPE=Debug &&
        "$cmake" --build "$build" -j 2 --target convlet
} >"$build/log" 2>&1; then
    tail -n 60 -- "$build/log"
    exit 1
fi
archive=$build/lib/libconvlet.a

# nm -u: "    U openat64"; a name may have a version and a number behind it.
calls='open(at)?|f?(open|read|write|close|sync)|p?(read|write)v?|close|creat'
calls+='|(f|l)?stat(at|x)?|rename(at2?)?|(un)?link(at)?|mkdir(at)?|faccessat'
calls+='|readlink(at)?|realpath|access|getpid|fcntl|fchmod|printf|puts|perror'
if nm -u -- "$archive" | grep -E "^ +U _*(isoc99_)?($calls)(64)?(@.*)?\$"; then
    echo 'nofiles: takes these from the system, expected none'
    exit 1
fi
if nm --defined-only -- "$archive" |
    grep -E 'cvl_(file_|[a-z]+_(load|save)(_at)?$)'; then
    echo 'nofiles: has these functions, expected none without files'
    exit 1
fi
"$cc" -std=c11 -Wall -Wextra -Werror "-I$root/lib" -o "$build/nofiles" \
    "$root/tests/portability/nofiles.c" "$archive" -lm
"$build/nofiles"
