#!/usr/bin/env bash
# symbols_test.sh - proves that symbols.sh sees each kind of breach.
#
#     symbols_test.sh CC
set -euo pipefail

command -v nm >/dev/null || exit 77
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
cc=$1
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cd -- "$work"
failures=0

cat >floors <<'TABLE'
0 error   lib/convlet/error.[ch]
1 memory  lib/convlet/memory.[ch]
1 file    lib/convlet/file.[ch]
3 kernel  lib/kernel/
11 train  app/train/
11 show   app/show/
13 main   app/main.c
TABLE

# put SOURCE TEXT: its object, where CMake puts that.
put() {
    local target=${1%%/*} object
    object=build/$target/CMakeFiles/$target.dir/${1#*/}.o
    mkdir -p "${object%/*}"
    printf '%s\n' "$2" | "$cc" -w -x c -c - -o "$object"
}

# Objects as they should be: a lower floor's symbols, one's own, the system's.
fresh_build() {
    rm -rf build
    put lib/convlet/error.c 'int puts(); int fail(void) { return puts(""); }'
    put lib/convlet/memory.c 'int fail(); int alloc(void) { return fail(); }'
    put lib/convlet/file.c 'int alloc(); int save(void) { return alloc(); }'
    put lib/kernel/tmpl.c 'int plane(); int direct(void) { return plane(); }'
    put lib/kernel/planes.c 'int plane(void) { return 1; } int kind = 1;'
    put app/train/train.c 'int step(); int train(void) { return step(); }'
    put app/train/step.c 'int save(); int step(void) { return save(); }'
    put app/show/show.c 'int train(); int show(void) { return train(); }'
    put app/main.c 'int show(); int main(void) { return show(); }'
}

# expect STATUS OUTPUT: what symbols.sh makes of the objects.
expect() {
    local status=0 output
    local -a objects
    mapfile -t objects < <(find "$PWD/build" -name '*.o' | LC_ALL=C sort)
    output=$("$here/symbols.sh" floors "$PWD/build" "${objects[@]}") ||
        status=$?
    if [ "$status" -ne "$1" ] || [ "$output" != "$2" ]; then
        printf 'expected status %d and\n%s\ngot status %d and\n%s\n\n' \
            "$1" "$2" "$status" "$output"
        failures=$((failures + 1))
    fi
}

# breach SOURCE TEXT MESSAGE: objects that are sound but for this one fail.
breach() {
    fresh_build
    put "$1" "$2"
    expect 1 "$3, 1 breaches"
}

fresh_build
expect 0 '9 objects, 0 breaches'

# Upwards: a function, and data.
breach lib/convlet/error.c 'int alloc(); int fail(void) { return alloc(); }' \
    'lib/convlet/error.c: floor 0 takes alloc from lib/convlet/memory.c of floor 1
9 objects'
breach lib/convlet/memory.c 'extern int kind; int alloc(void) { return kind; }' \
    'lib/convlet/memory.c: floor 1 takes kind from lib/kernel/planes.c of floor 3
9 objects'

# Round: two files of a group, three of them, two groups of a floor.
breach app/train/step.c 'int train(); int step(void) { return train(); }' \
    'a circle of 2 files:
    app/train/train.c: takes step from app/train/step.c
    app/train/step.c: takes train from app/train/train.c
9 objects'
fresh_build
put app/train/step.c 'int log(); int step(void) { return log(); }'
put app/train/log.c 'int train(); int log(void) { return train(); }'
expect 1 'a circle of 3 files:
    app/train/train.c: takes step from app/train/step.c
    app/train/step.c: takes log from app/train/log.c
    app/train/log.c: takes train from app/train/train.c
10 objects, 1 breaches'
fresh_build
put app/train/step.c 'int art(); int step(void) { return art(); }'
put app/show/art.c 'int art(void) { return 1; }'
expect 1 'a circle of 2 groups:
    app/show/show.c: takes train from app/train/train.c
    app/train/step.c: takes art from app/show/art.c
10 objects, 1 breaches'

breach app/attic.c 'int attic(void) { return 1; }' \
    'app/attic.c: is on no floor; give it one in tests/floors
10 objects'

rm -rf build
mkdir build
expect 1 'found no objects
0 objects, 1 breaches'
[ "$failures" -eq 0 ]
