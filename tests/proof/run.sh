#!/usr/bin/env bash
# run.sh - proves that no byte from outside leads to undefined behaviour.
#
#     tests/proof/run.sh [--quick | --page] [NAME...]
#
# Each file of tests/proof/values drives functions of convlet with unknown bytes
# and sizes, and says for which: Frama-C's value analysis follows all of them at
# once. Each file of tests/proof/logic holds contracts, which Frama-C's WP and
# Z3 prove for all values. --quick leaves out those that say "takes: minutes".
# Prints a line for each, NAME or all: what is proved, for what, what is taken
# for granted, and how many alarms were left; then what is not proved, and why
# (tests/proof/unproved.tsv); its last line counts both. Status 1 where an alarm
# is left, 77 where there is no Frama-C. --page proves nothing: it prints the
# rows of docs/reliability.md.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
cd -- "$root"
here=tests/proof
shopt -s nullglob

# subject FILE: what its first line says that it is about.
subject() {
    sed -E '1 s|^/\* [^ ]+ - (.*)\. \*/$|\1|; q' "$1"
}

# field FILE NAME: what the comment below it says behind "NAME:", in a line.
field() {
    awk -v name="$2:" '
        NR == 1 { next }
        /\*\// { exit }
        $2 == name { found = 1; $1 = $2 = "" }
        $1 == "*" && $2 != name && $2 ~ /:$/ { found = 0 }
        NF < 2 { found = 0 }
        found { sub(/^ *\*? */, ""); text = text (text == "" ? "" : " ") $0 }
        END { print text }' "$1"
}

# page: each row as one of a table.
page() {
    local file
    for file in "$here"/values/*.c "$here"/logic/*.c; do
        printf '| %s | %s | %s | %s |\n' "$(basename -- "$file" .c)" \
            "$(subject "$file")" "$(field "$file" bound)" \
            "$(field "$file" assumes)"
    done
    sed 's/^/| /; s/\t/ | /; s/$/ |/' "$here/unproved.tsv"
}

quick=no
case ${1-} in
--page) page && exit ;;
--quick) quick=yes && shift ;;
esac
if ! command -v frama-c >/dev/null; then
    printf 'Frama-C is not here: frama-c-base, why3 and z3 of Debian\n'
    exit 77
fi
logs=build/proof
mkdir -p -- "$logs"
export HOME=$root/$logs # what is found out about provers

# Follows the values of a driver; sets `alarms`, and `reached` to the share of
# the statements that were.
follow_values() {
    local file=$1 log=$2 sources options
    read -ra sources <<<"$(field "$file" sources)"
    read -ra options <<<"$(field "$file" options)"
    timeout 3600 frama-c -no-unicode -machdep gcc_x86_64 \
        -cpp-extra-args="-Ilib -Iapp -I$here -include $here/assumed.h" \
        -eva -main prove -eva-precision 3 -eva-split-return auto \
        -eva-msg-key=-initial-state,-final-states \
        "${options[@]}" "$file" "${sources[@]}" "$here/assumed.c" \
        >"$log" 2>&1 || return 1
    ! grep -q 'NON TERMINATING FUNCTION\|Neither code nor' "$log" || return 1
    local left unproved
    left=$(sed -nE 's/^ *([0-9]+) alarms? generated.*/\1/p' "$log")
    unproved=$(sed -nE \
        's/^ *(Assertions|Preconditions) +[0-9]+ valid +([0-9]+) unknown +([0-9]+) invalid.*/\2 \3/p' \
        "$log" | awk '{ sum += $1 + $2 } END { print sum + 0 }')
    alarms=$((left + unproved))
    reached=$(sed -nE 's/^ *In these functions, .*: ([0-9]+)% coverage.*/\1/p' \
        "$log")
}

# Proves the contracts of a file; sets the same.
prove_contracts() {
    local file=$1 log=$2 options
    read -ra options <<<"$(field "$file" options)"
    timeout 3600 frama-c -no-unicode -machdep gcc_x86_64 \
        -cpp-extra-args="-Ilib -Iapp -I$here -include $here/assumed.h" \
        -wp -wp-rte -warn-unsigned-overflow -wp-prover z3 -wp-timeout 300 -wp-par 1 \
        -wp-cache none -wp-fct "$(field "$file" functions)" \
        "${options[@]}" "$file" -then -wp-prop @lemma >"$log" 2>&1 || return 1
    local proved all
    read -r proved all <<<"$(sed -nE \
        's/^\[wp\] Proved goals: +([0-9]+) \/ ([0-9]+).*/\1 \2/p' "$log" |
        awk '{ proved += $1; all += $2 } END { print proved + 0, all + 0 }')"
    [ "$all" -gt 0 ] || return 1
    alarms=$((all - proved)) reached=100
}

# look HOW FILE: `alarms` and `reached` of one, or "failed" and the log's end.
look() {
    local log
    log=$logs/$(basename -- "$2" .c).log
    alarms='' reached=0
    "$1" "$2" "$log" && return
    tail -n 20 -- "$log" >&2
    alarms=failed
}

look follow_values "$here/broken.c"
if [ "$alarms" != 1 ]; then
    printf 'proof: the analysis finds %s alarms in broken.c, expected 1\n' \
        "$alarms" >&2
    exit 1
fi
why3 config detect >"$logs/why3.log" 2>&1 || true

proved=0 left=0
for file in "$here"/values/*.c "$here"/logic/*.c; do
    name=$(basename -- "$file" .c)
    [ $# -eq 0 ] || [[ " $* " == *" $name "* ]] || continue
    [ $quick = no ] || [ -z "$(field "$file" takes)" ] || continue
    how=follow_values
    [ "$(basename -- "$(dirname -- "$file")")" = values ] || how=prove_contracts
    start=$SECONDS
    look "$how" "$file"
    assumes=$(field "$file" assumes)
    printf '%s\t%s\t%s\tassumes: %s\t%s%% reached\t%s alarms\t%s s\n' \
        "$name" "$(subject "$file")" "$(field "$file" bound)" \
        "${assumes:-nothing more}" "$reached" "$alarms" $((SECONDS - start))
    if [ "$alarms" = 0 ]; then
        proved=$((proved + 1))
    else
        left=$((left + 1))
    fi
done
printf '\nnot proved\n'
cat -- "$here/unproved.tsv"
printf 'proof: %d proved, %d with alarms; %d not proved\n' "$proved" "$left" \
    "$(wc -l <"$here/unproved.tsv")"
[ "$left" -eq 0 ]
