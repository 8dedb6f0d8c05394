#!/usr/bin/env bash
# floors_test.sh - proves that floors.sh sees each kind of breach.
#
#     floors_test.sh TABLE
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
table=$(realpath -- "$1")
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cd -- "$work"
failures=0

# A small tree in which everything is as it should be.
fresh_tree() {
    rm -rf -- tree
    mkdir -p tree/lib/convlet tree/lib/kernel tree/app tree/tests
    printf '#include <stddef.h>\n' >tree/lib/convlet/error.h
    printf '#include "convlet/error.h"\n' >tree/lib/convlet/memory.h
    printf '#include "convlet/memory.h"\n' >tree/lib/convlet/tensor.h
    printf '#include "kernel.h"\n' >tree/lib/kernel/direct_tmpl.c
    printf '#include "convlet/tensor.h"\n' >tree/lib/kernel/kernel.h
    printf '#include "kernel/kernel.h"\n' >tree/lib/convlet/conv2d.c
    printf '#include "convlet/tensor.h"\n' >tree/lib/convlet/net.h
    printf '#include "convlet/net.h"\n' >tree/lib/convlet/layer.h
    printf '#include "convlet/layer.h"\n' >tree/lib/convlet/layer_relu.c
    printf '#include <convlet/net.h>\n' >tree/app/options.h
    printf '#include "options.h"\n#include <ini.h>\n' >tree/app/main.c
    printf '#include "kernel/kernel.h"\n' >tree/tests/test_direct.c
    printf '#include "convlet/error.h"\n' >tree/lib/convlet/file.h
}

# expect STATUS OUTPUT: what floors.sh makes of the tree.
expect() {
    local status=0 output
    output=$("$here/floors.sh" "$table" tree) || status=$?
    if [ "$status" -ne "$1" ] || [ "$output" != "$2" ]; then
        printf 'expected status %d and\n%s\ngot status %d and\n%s\n\n' \
            "$1" "$2" "$status" "$output"
        failures=$((failures + 1))
    fi
}

# breach FILE TEXT MESSAGE: a tree that is sound but for this FILE fails, and
# says so in that one MESSAGE.
breach() {
    local files=13
    fresh_tree
    [ -e "tree/$1" ] || files=14
    printf '%s\n' "$2" >"tree/$1"
    expect 1 "$3
$files files, 1 breaches"
}

fresh_tree
expect 0 '13 files, 0 breaches'

breach lib/convlet/tensor.h '#include "convlet/net.h"' \
    'lib/convlet/tensor.h:1: floor 2 includes lib/convlet/net.h of floor 5'
breach lib/convlet/tensor.h '  #  include <convlet/net.h>' \
    'lib/convlet/tensor.h:1: floor 2 includes lib/convlet/net.h of floor 5'
breach lib/convlet/tensor.h $'\n\n#include "convlet/file.h"' \
    'lib/convlet/tensor.h:3: floor 2 includes lib/convlet/file.h of floor 2'
breach lib/kernel/im2col_tmpl.c '#include "convlet/net.h"' \
    'lib/kernel/im2col_tmpl.c:1: floor 3 includes lib/convlet/net.h of floor 5'
breach lib/convlet/net.h '#include "options.h"' \
    'lib/convlet/net.h:1: floor 5 includes app/options.h of floor 8'
breach app/main.c '#include "kernel/kernel.h"' \
    'app/main.c:1: app includes lib/kernel/kernel.h, which is private'
breach app/main.c '#include <kernel/kernel.h>' \
    'app/main.c:1: app includes lib/kernel/kernel.h, which is private'
breach app/main.c '#include <convlet/layer.h>' \
    'app/main.c:1: app includes lib/convlet/layer.h, which is private'
breach app/main.c '#include "convlet/net.h"' \
    'app/main.c:1: app includes "convlet/net.h", expected <convlet/net.h>'
breach app/main.c '#include "../lib/convlet/layer.h"' \
    'app/main.c:1: writes ../lib/convlet/layer.h; name it from lib, app or tests'
breach app/main.c '#include "stdio.h"' \
    'app/main.c:1: "stdio.h" is not in this tree; the system'\''s headers stand in <>'
breach app/main.c '#include HEADER' \
    'app/main.c:1: includes a macro, which hides the floor'
breach lib/convlet/attic.c '#include "convlet/error.h"' \
    'lib/convlet/attic.c: is on no floor; give it one in tests/floors'

rm -rf -- tree
mkdir -p tree/lib tree/app tree/tests
expect 1 "no source files under $PWD/tree
0 files, 1 breaches"

[ "$failures" -eq 0 ]
