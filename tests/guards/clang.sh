#!/usr/bin/env bash
# clang.sh - shows every file that the build compiles to clang, which warns of
# other things than gcc; any warning fails.
#
#     clang.sh BUILD
#
# BUILD holds compile_commands.json. Skipped (status 77) without clang.
set -euo pipefail

if ! command -v clang >/dev/null; then
    printf 'clang is not here\n'
    exit 77
fi
cd -- "$1"

# A line a command, as a shell reads it: without the compiler, which may have a
# launcher before it, and without what would write a file. What the build made
# itself is not looked at.
sed -nE 's/^ *"command": "(.*)",$/\1/p' compile_commands.json |
    sed -E 's/\\(["\\])/\1/g; s/^([^ ]*ccache )?[^ ]+ //
        s/ -M[TF] [^ ]+//g; s/ -MD//; s/ -o [^ ]+//' |
    { grep -vF -- " -c $PWD/" || true; } >commands
[ -s commands ] || {
    printf 'no command in %s/compile_commands.json\n' "$1"
    exit 1
}
printf '%d files\n' "$(wc -l <commands)"
# shellcheck disable=SC2016
tr '\n' '\0' <commands | xargs -0 -n 1 -P "$(nproc)" bash -c \
    'eval "clang -fsyntax-only -Werror -Wno-unknown-pragmas $0"'
