#!/usr/bin/env bash
# manual.sh - writes the manual pages, by help2man, from what --help says.
#
#     manual.sh HELP2MAN CONVLET REFERENCE.md DIRECTORY
#
# One page for the program, and one for each of its commands. What each exit
# status means is in the reference page.
set -euo pipefail

help2man=$1 reference=$3 directory=$4
convlet=$(realpath -- "$2")
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
version=$("$convlet" --version)
mapfile -t commands < <("$convlet" __complete '' | grep -v '^-')

{
    printf '[EXIT STATUS]\n'
    sed -n 's/^| \([0-9]*\) | \(.*\) |$/.TP\n.B \1\n\2/p' "$reference"
    cat <<'END'

[ENVIRONMENT]
.TP
.B NO_COLOR
if set, kernels are drawn without colours.
.TP
.B TERM
if it is dumb, the same.
.TP
.B COLORTERM
if it is truecolor or 24bit, with all colours.

[SEE ALSO]
END
    printf '.BR convlet-%s (1),\n' "${commands[@]%%$'\t'*}"
    printf 'and the documentation in docs/, from docs/README.md on.\n'
} >"$work/include"

# page NAME DOES [COMMAND]: help2man runs a script of that name. It takes what
# follows the examples for more of them, so these go last; and it knows a list
# by two spaces between its columns.
page() {
    "$convlet" ${3:+"$3"} --help | sed -e :a -e '/\\$/{N;s/ *\\\n */ /;ba' -e '}' \
        >"$work/help"
    {
        sed -e '/^Examples:/,/^$/d' -e 's/^Each flag under/Options:\n&/' \
            -e '/^Commands:/,/^$/s/^  [a-z]* /& /' "$work/help"
        printf '\n'
        sed -n '/^Examples:/,/^$/p' "$work/help"
    } >"$work/$1.help"
    printf '#!/bin/sh\ncat "%s"\n' "$work/$1.help" >"$work/$1"
    chmod +x "$work/$1"
    "$help2man" --no-info --name "$2" --include "$work/include" \
        --version-string "$1 ${version#* }" "$work/$1" |
        sed '/^\.TH/s/"[A-Z][a-z]* [0-9]*"/""/' >"$work/$1.1"
    mv -- "$work/$1.1" "$directory/$1.1"
}

page convlet 'train and examine convolution layers' ''
for command in "${commands[@]}"; do
    page "convlet-${command%%$'\t'*}" "${command#*$'\t'}" "${command%%$'\t'*}"
done
