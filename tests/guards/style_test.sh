#!/usr/bin/env bash
# style_test.sh - proves that style.sh sees each kind of breach.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cd -- "$work"
failures=0

# A small tree in which everything is as it should be, look-alikes included.
fresh_tree() {
    rm -rf -- tree
    mkdir -p tree/lib/kernel tree/app/room tree/tests tree/docs
    cat >tree/lib/a.c <<'END'
/* a.c - an example. */
static const char *const s = "rand() \" sprintf(";
/* A comment may speak of atoi(s),
 * and of strcpy(a, b). */
int my_rand(void); // rand()
int xsprintf(char *s);
END
    printf '#!/bin/sh\n# b.sh - an example; mktemp XXXXXX\n' \
        >tree/app/b.sh
    printf '# the build\nadd_compile_options(-O2)\n' >tree/CMakeLists.txt
}

# expect STATUS OUTPUT: what style.sh makes of the tree.
expect() {
    local status=0 output
    output=$("$here/style.sh" tree) || status=$?
    if [ "$status" -ne "$1" ] || [ "$output" != "$2" ]; then
        printf 'expected status %d and\n%s\ngot status %d and\n%s\n\n' \
            "$1" "$2" "$status" "$output"
        failures=$((failures + 1))
    fi
}

# breach FILE TEXT OUTPUT: a tree that is sound but for this FILE fails so.
breach() {
    fresh_tree
    printf '%s\n' "$2" >"tree/$1"
    expect 1 "$3"
}

fresh_tree
expect 0 ''

first='/* x.c - an example. */'
for name in sprintf strcpy strcat atoi strtok rand alloca; do
    breach lib/x.c "$first
    if (a) $name (b);" "lib/x.c:2: $name is banned"
done
breach tests/x.c "$first
/* here */ rand();" 'tests/x.c:2: rand is banned'
breach app/x.c '#include <stdio.h>' \
    'app/x.c:1: opens without the line "/* x.c - what it is for. */"'
breach app/x.c '/* y.c - an example. */' \
    'app/x.c:1: opens without the line "/* x.c - what it is for. */"'
breach app/x.sh '#!/bin/sh' \
    'app/x.sh:2: lacks the line "# x.sh - what it is for."'
breach lib/x.c "$first$(printf '\n%.0s/**/' {1..600})" \
    'lib/x.c:601: has 601 lines, expected 600 or fewer'
breach lib/kernel/x.h "/* x.h - an example. */" \
    'lib/kernel/x.h: what it gains is not in docs/16-making-it-fast.md'

# files COUNT PREFIX SUFFIX LINES: so many files that open as they should.
files() {
    local i name
    for ((i = 1; i <= $1; i++)); do
        name=$2$i$3
        awk -v name="${name##*/}" -v lines="$4" 'BEGIN {
            print "/* " name " - an example. */"
            while (--lines) print "/**/"
        }' >"tree/$name"
    done
}

fresh_tree
files 12 lib/kernel/x .h 500
printf 'x%d.h ' {1..12} >tree/docs/16-making-it-fast.md
expect 0 ''
printf '/**/\n' >>tree/lib/kernel/x1.h
expect 1 'lib/kernel: has 6001 lines, expected 6000 or fewer'

fresh_tree
files 16 app/room/x .c 1
files 16 app/room/x .h 1
files 6 app/x .c 1
files 6 app/x .h 1
expect 0 ''
files 17 app/room/x .c 1
expect 1 'app/room: has 17 C files, expected 16 or fewer'
fresh_tree
files 13 app/x .h 1
expect 1 'app: has 13 C files, expected 12 or fewer'

# In pieces, or style.sh would find them here.
word="TO"DO
breach lib/x.c "$first
/* $word: finish */" "lib/x.c:2:/* $word: finish */
no notes to oneself: do it, or open an issue"
flag=-ff''ast-math
breach CMakeLists.txt "add_compile_options($flag)" \
    "./CMakeLists.txt:1:add_compile_options($flag)
these flags are forbidden"
flag=-ma''rch=native
breach CMakePresets.json "$flag" \
    "./CMakePresets.json:1:$flag
these flags are forbidden"

fresh_tree
rm tree/lib/a.c
expect 1 "no source files under $PWD/tree"

if command -v git >/dev/null; then
    fresh_tree
    touch tree/notes.txt tree/README.md tree/.hidden
    git -C tree init -q
    expect 0 ''
    git -C tree add README.md .hidden app
    expect 0 ''
    git -C tree add notes.txt
    expect 1 'notes.txt: does not belong at the top of the tree'
fi

[ "$failures" -eq 0 ]
