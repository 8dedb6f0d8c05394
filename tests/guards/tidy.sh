#!/usr/bin/env bash
# tidy.sh - runs clang-tidy over the library and the program.
#
#     tidy.sh ROOT BUILD
#
# BUILD holds compile_commands.json. Skipped (status 77) without clang-tidy 14.
set -euo pipefail

for tool in clang-tidy-14 clang-tidy none; do
    version=$("$tool" --version 2>/dev/null) || continue
    [[ $version != *' version 14.'* ]] || break
done
if [ "$tool" = none ]; then
    printf 'clang-tidy 14 is not here\n'
    exit 77
fi
build=$(cd -- "$2" && pwd)
cd -- "$1"

# Only what this build compiles; a template stands there once per type, and
# clang-tidy looks at each. The count of suppressed warnings is noise.
mapfile -t sources < <(sed -n 's/^ *"file": "\(.*\)",\{0,1\}$/\1/p' \
    "$build/compile_commands.json" |
    grep -F -e "$PWD/lib/" -e "$PWD/app/" | LC_ALL=C sort -u)
if [ ${#sources[@]} -eq 0 ]; then
    printf 'no source of lib or app in %s/compile_commands.json\n' "$build"
    exit 1
fi
printf '%s\0' "${sources[@]}" |
    xargs -0 -n 1 -P "$(nproc)" "$tool" -p "$build" --quiet 2>&1 |
    { grep -vE '^[0-9]+ warnings? generated' || true; }
