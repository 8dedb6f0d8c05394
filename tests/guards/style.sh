#!/usr/bin/env bash
# style.sh - holds the tree to those rules of the house that no compiler knows.
#
#     style.sh ROOT
#
# Prints one line a breach. The rules are listed in CONTRIBUTING.md.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
cd -- "$1"
failed=0

# What lies at the top: what git knows, so that build directories and notes of
# one's own do not count. A tree without git, or inside another's, is skipped.
check_top() {
    local top name
    top=$(git rev-parse --show-toplevel 2>/dev/null) || return 0
    [ "$top" = "$(pwd -P)" ] || return 0
    while IFS= read -r name; do
        case $name in
        .* | CMakeLists.txt | CMakePresets.json | LICENSE | README.md) ;;
        CHANGELOG.md | CONTRIBUTING.md | app | assets | docs | lib | tests) ;;
        *)
            printf '%s: does not belong at the top of the tree\n' "$name"
            failed=1
            ;;
        esac
    done < <(git ls-files | cut -d / -f 1 | LC_ALL=C sort -u)
}

# Words that say that something is not finished.
check_words() {
    local words='T[O]DO|F[I]XME|X[X]X'
    if grep -rnwE --include='*.[ch]' --include='*.sh' --include='*.awk' \
        --include='*.cmake' --include=CMakeLists.txt -- \
        "$words" lib app tests; then
        printf 'no notes to oneself: do it, or open an issue\n'
        failed=1
    fi
}

# Flags that change results, or that tie the binary to this machine.
check_flags() {
    local flags='-f[f]ast-math|-O[f]ast|-m[a]rch=native'
    if find . -path ./build -prune -o \( -name CMakeLists.txt \
        -o -name CMakePresets.json -o -name '*.cmake' \) -type f -print0 |
        xargs -0 grep -nE -- "$flags" /dev/null; then
        printf 'these flags are forbidden\n'
        failed=1
    fi
}

check_scripts() {
    local script name
    while IFS= read -r script; do
        name=${script##*/}
        if ! sed -n 2p "$script" | grep -qF -- "# $name - "; then
            printf '%s:2: lacks the line "# %s - what it is for."\n' \
                "$script" "$name"
            failed=1
        fi
    done < <(find lib app tests -name '*.sh' | LC_ALL=C sort)
}

# The kernels are to be read in an evening, and each file of them is worth it:
# the chapter on speed says what it gains.
check_kernels() {
    local most=6000 chapter=docs/16-making-it-fast.md lines=0 file
    local -a files=()
    [ ! -d lib/kernel ] ||
        mapfile -t files < <(find lib/kernel -name '*.[ch]' | LC_ALL=C sort)
    [ ${#files[@]} -gt 0 ] || return 0
    lines=$(cat -- "${files[@]}" | wc -l)
    if [ "$lines" -gt "$most" ]; then
        printf 'lib/kernel: has %d lines, expected %d or fewer\n' \
            "$lines" "$most"
        failed=1
    fi
    for file in "${files[@]}"; do
        grep -qswF -- "${file##*/}" "$chapter" && continue
        printf '%s: what it gains is not in %s\n' "$file" "$chapter"
        failed=1
    done
}

# A room is small enough to know every file of it.
check_rooms() {
    local files most room
    for room in app app/*/; do
        room=${room%/} most=16
        files=("$room"/*.c)
        [ "$room" != app ] || most=12 files=(app/*.[ch])
        [ -e "${files[0]}" ] || continue
        [ "${#files[@]}" -le "$most" ] && continue
        printf '%s: has %d C files, expected %d or fewer\n' \
            "$room" "${#files[@]}" "$most"
        failed=1
    done
}

check_sources() {
    local -a sources=()
    mapfile -t sources < <(find lib app tests -name '*.[ch]' | LC_ALL=C sort)
    if [ ${#sources[@]} -eq 0 ]; then
        printf 'no source files under %s\n' "$PWD"
        failed=1
        return
    fi
    LC_ALL=C awk -f "$here/style.awk" -- "${sources[@]}" || failed=1
}

check_top
check_words
check_flags
check_scripts
check_kernels
check_rooms
check_sources
exit "$failed"
