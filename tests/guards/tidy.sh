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
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

# What the live page's library takes of other rooms is compiled with the
# program as well, where it is looked at: a second look in one process takes
# a va_list that is sound for one that was never begun.
awk '/^\{/ { entry = "" }
    { entry = entry $0 "\n" }
    /^\}/ {
        if (entry ~ /-Dconvlet_live_EXPORTS/ &&
            entry !~ /"file": "[^"]*\/app\/live\//) next
        sub(/,?\n$/, "", entry)
        printf "%s%s", count++ ? ",\n" : "[\n", entry
    }
    END { print "\n]" }' "$build/compile_commands.json" \
    >"$work/compile_commands.json"

# Only what this build compiles; a template stands there once per type, and
# clang-tidy looks at each. The count of suppressed warnings is noise.
mapfile -t sources < <(sed -n 's/^ *"file": "\(.*\)",\{0,1\}$/\1/p' \
    "$work/compile_commands.json" |
    grep -F -e "$PWD/lib/" -e "$PWD/app/" | LC_ALL=C sort -u)
if [ ${#sources[@]} -eq 0 ]; then
    printf 'no source of lib or app in %s/compile_commands.json\n' "$build"
    exit 1
fi
printf '%s\0' "${sources[@]}" |
    xargs -0 -n 1 -P "$(nproc)" "$tool" -p "$work" --quiet 2>&1 |
    { grep -vE '^[0-9]+ warnings? generated' || true; }
