#!/usr/bin/env bash
# floors.sh - fails on an include that points upwards.
#
#     floors.sh TABLE ROOT
#
# TABLE is tests/floors, which gives the rules. Prints one line a breach.
set -euo pipefail

table=$(realpath -- "$1")
cd -- "$2"
breaches=0

breach() {
    printf '%s\n' "$*"
    breaches=$((breaches + 1))
}

# Group g stands on floor floors[g]; patterns[i] belongs to group group_of[i].
floors=() patterns=() group_of=() private=()
while read -r floor rest; do
    case $floor in '' | '#'*) continue ;; esac
    read -r -a globs <<<"$rest"
    if [ "$floor" = private ]; then
        private+=("${globs[@]}")
        continue
    fi
    for glob in "${globs[@]}"; do
        patterns+=("$glob")
        group_of+=("${#floors[@]}")
    done
    floors+=("$floor")
done <"$table"

# Sets `group` to that of a file; false if it is on no floor.
find_group() {
    local i
    for i in "${!patterns[@]}"; do
        # shellcheck disable=SC2053 # a glob, on purpose
        if [[ $1 == ${patterns[i]} ]]; then
            group=${group_of[i]}
            return 0
        fi
    done
    return 1
}

is_private() {
    local glob
    for glob in "${private[@]}"; do
        # shellcheck disable=SC2053 # a glob, on purpose
        [[ $1 != $glob ]] || return 0
    done
    return 1
}

# Sets `target` to the file of this tree that `file` means by `name`, or to
# nothing where that is a header of the system.
resolve() {
    local dir
    target=
    local -a dirs=(lib)
    [ "$quote" = '<' ] || dirs=("${file%/*}" lib app tests tests/support tests/cli)
    for dir in "${dirs[@]}"; do
        [ ! -e "$dir/$name" ] || { target=$dir/$name && return; }
    done
}

check_include() {
    local place=$file:$line
    case /$name in
    */./* | */../*)
        breach "$place: writes $name; name it from lib, app or tests"
        return
        ;;
    esac
    resolve
    if [ -z "$target" ]; then
        [ "$quote" = '<' ] ||
            breach "$place: \"$name\" is not in this tree; the system's" \
                "headers stand in <>"
        return
    fi
    if [[ $file == app/* && $target == lib/* ]]; then
        if is_private "$target"; then
            breach "$place: app includes $target, which is private"
        elif [ "$quote" != '<' ]; then
            breach "$place: app includes \"$name\", expected <$name>"
        fi
    fi
    find_group "$target" || return 0 # it is reported as a file of its own
    [ "$group" -ne "$own" ] || return 0
    [ "${floors[group]}" -lt "${floors[own]}" ] ||
        breach "$place: floor ${floors[own]} includes $target of floor" \
            "${floors[group]}"
}

check_file() {
    if ! find_group "$file"; then
        breach "$file: is on no floor; give it one in tests/floors"
        return
    fi
    own=$group
    local number=0 text
    local include='^[[:space:]]*#[[:space:]]*include[[:space:]]*(.*)$'
    local header='^([<"])([^>"]+)[>"]'
    while IFS= read -r text || [ -n "$text" ]; do
        number=$((number + 1))
        [[ $text =~ $include ]] || continue
        line=$number
        if [[ ${BASH_REMATCH[1]} =~ $header ]]; then
            quote=${BASH_REMATCH[1]} name=${BASH_REMATCH[2]}
            check_include
        else
            breach "$file:$line: includes a macro, which hides the floor"
        fi
    done <"$file"
}

checked=0
while IFS= read -r file; do
    check_file
    checked=$((checked + 1))
done < <(find lib app tests -name '*.[ch]' | LC_ALL=C sort)

if [ "$checked" -eq 0 ]; then
    breach "no source files under $PWD"
fi
printf '%d files, %d breaches\n' "$checked" "$breaches"
[ "$breaches" -eq 0 ]
