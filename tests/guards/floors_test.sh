#!/usr/bin/env bash
# floors_test.sh - proves that floors.sh sees each kind of breach.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cd -- "$work"
failures=0

cat >floors <<'TABLE'
# a floor, a name, its files
0 error   lib/convlet/error.[ch]
1 memory  lib/convlet/memory.[ch]
1 file    lib/convlet/file.[ch]
2 tensor  lib/convlet/tensor.[ch]

3 kernel  lib/kernel/
4 conv2d  lib/convlet/conv2d.[ch]
5 net     lib/convlet/net.[ch] lib/convlet/layer*.[ch]
8 base    app/base/
11 train  app/train/
11 show   app/show/
13 main   app/*.[ch]
14 tests  tests/

door app/base *.h
door app/show show.h
door app/train run.h
private lib/kernel/ lib/convlet/layer.h
TABLE

# put FILE TEXT: one more file of the tree.
put() {
    mkdir -p "tree/${1%/*}"
    printf '%s\n' "$2" >"tree/$1"
}

# A small tree in which everything is as it should be.
fresh_tree() {
    rm -rf -- tree
    put lib/convlet/error.h '#include <stddef.h>'
    put lib/convlet/memory.h '#include "convlet/error.h"'
    put lib/convlet/file.h '#include "convlet/memory.h"' # of the same floor
    put lib/convlet/tensor.h '#include "convlet/memory.h"'
    put lib/kernel/direct_tmpl.c '#include "kernel.h"'
    put lib/kernel/kernel.h '#include "convlet/tensor.h"'
    put lib/convlet/conv2d.c '#include "kernel/kernel.h"'
    put lib/convlet/net.h '#include "convlet/tensor.h"'
    put lib/convlet/layer.h '#include "convlet/net.h"'
    put lib/convlet/layer_relu.c '#include "convlet/layer.h"'
    put app/base/text.h '#include <convlet/net.h>'
    put app/train/run.h '#include "base/text.h"'
    put app/train/train.c '#include "train/run.h"'
    put app/train/parts.h '#include "show/show.h"'
    put app/show/show.h '#include <ini.h>'
    put app/main.c $'#include "show/show.h"\n#include <ini.h>'
    put tests/test_direct.c '#include "kernel/kernel.h"'
    put tests/test_train.c '#include "train/parts.h"'
}

# expect STATUS OUTPUT: what floors.sh makes of the tree.
expect() {
    local status=0 output
    output=$("$here/floors.sh" floors tree) || status=$?
    if [ "$status" -ne "$1" ] || [ "$output" != "$2" ]; then
        printf 'expected status %d and\n%s\ngot status %d and\n%s\n\n' \
            "$1" "$2" "$status" "$output"
        failures=$((failures + 1))
    fi
}

# breach FILE TEXT MESSAGE: a tree that is sound but for this FILE fails, and
# says so in that one MESSAGE.
breach() {
    local files=18
    fresh_tree
    [ -e "tree/$1" ] || files=19
    put "$1" "$2"
    expect 1 "$3
$files files, 1 breaches"
}

# circle FILE TEXT FILE TEXT MESSAGE: the same, of two files.
circle() {
    fresh_tree
    put "$1" "$2"
    put "$3" "$4"
    expect 1 "$5, 1 breaches"
}

fresh_tree
expect 0 '18 files, 0 breaches'

# Upwards.
breach lib/convlet/tensor.h '#include "convlet/net.h"' \
    'lib/convlet/tensor.h:1: floor 2 includes lib/convlet/net.h of floor 5'
breach lib/convlet/tensor.h '  #  include <convlet/net.h>' \
    'lib/convlet/tensor.h:1: floor 2 includes lib/convlet/net.h of floor 5'
breach lib/convlet/memory.h $'\n\n#include "convlet/tensor.h"' \
    'lib/convlet/memory.h:3: floor 1 includes lib/convlet/tensor.h of floor 2'
breach lib/kernel/im2col_tmpl.c '#include "convlet/net.h"' \
    'lib/kernel/im2col_tmpl.c:1: floor 3 includes lib/convlet/net.h of floor 5'
breach lib/convlet/net.h '#include "base/text.h"' \
    'lib/convlet/net.h:1: floor 5 includes app/base/text.h of floor 8'
breach app/base/text.h '#include "show/show.h"' \
    'app/base/text.h:1: floor 8 includes app/show/show.h of floor 11'

# Through a wall.
breach app/main.c '#include "train/parts.h"' \
    'app/main.c:1: includes app/train/parts.h, which is no door of app/train'
breach app/main.c '#include "kernel/kernel.h"' \
    'app/main.c:1: app includes lib/kernel/kernel.h, which is private'
breach app/main.c '#include <kernel/kernel.h>' \
    'app/main.c:1: app includes lib/kernel/kernel.h, which is private'
breach app/main.c '#include <convlet/layer.h>' \
    'app/main.c:1: app includes lib/convlet/layer.h, which is private'
breach app/main.c '#include "convlet/net.h"' \
    'app/main.c:1: app includes "convlet/net.h", expected <convlet/net.h>'

# Round.
circle lib/kernel/planes.h '#include "real.h"' \
    lib/kernel/real.h '#include "kernel/planes.h"' \
    'a circle of 2 files:
    lib/kernel/planes.h:1: includes lib/kernel/real.h
    lib/kernel/real.h:1: includes lib/kernel/planes.h
20 files'
circle lib/convlet/memory.c '#include "convlet/file.h"' \
    lib/convlet/file.c '#include "convlet/memory.h"' \
    'a circle of 2 groups:
    lib/convlet/file.c:1: includes lib/convlet/memory.h
    lib/convlet/memory.c:1: includes lib/convlet/file.h
20 files'
circle app/show/show.c '#include "train/run.h"' \
    app/train/run.h '#include "base/text.h"' \
    'a circle of 2 groups:
    app/show/show.c:1: includes app/train/run.h
    app/train/parts.h:1: includes app/show/show.h
19 files'

# What hides where a file stands.
breach app/main.c '#include "../lib/convlet/layer.h"' \
    'app/main.c:1: writes ../lib/convlet/layer.h; name it from lib, app or tests'
breach app/main.c '#include "stdio.h"' \
    'app/main.c:1: "stdio.h" is not in this tree; the system'\''s headers stand in <>'
breach app/main.c '#include HEADER' \
    'app/main.c:1: includes a macro, which hides the floor'
breach lib/convlet/attic.c '#include "convlet/error.h"' \
    'lib/convlet/attic.c: is on no floor; give it one in tests/floors'

# What is gone, and still in the table.
fresh_tree
printf 'door app/show gone.h\n' >>floors
expect 1 'tests/floors: no file is app/show/gone.h
18 files, 1 breaches'

rm -rf -- tree
mkdir -p tree/lib tree/app tree/tests
expect 1 'found no files
0 files, 1 breaches'

[ "$failures" -eq 0 ]
